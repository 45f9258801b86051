// /account/profile: name, phone, language, photo. /account/organizer: start to sell tickets.
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '#src/kernel/domain-error.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { errorMessage, LOCALES, messages } from '#src/locales/locale.ts'
import type { AccountView } from '#src/modules/identity/account.ts'
import { removePhoto, setPhoto } from '#src/modules/identity/change-photo.ts'
import { createOrganizer } from '#src/modules/identity/create-organizer.ts'
import { getAccountView, requireAccount } from '#src/modules/identity/find-accounts.ts'
import { COUNTRIES } from '#src/modules/identity/organizer.ts'
import { MAX_PHOTO_BYTES } from '#src/modules/identity/photo.ts'
import { updateAccount } from '#src/modules/identity/update-account.ts'
import type { App } from '#src/platform/app.ts'
import { Button, Notice, PostButton, Trail } from '../ui/components.tsx'
import { ErrorSummary, FileField, SelectField, TextField } from '../ui/fields.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { readUpload } from '../ui/upload.ts'
import { refusalStatus, type Fields } from './account-form.ts'
import { Portrait } from '../ui/portrait.tsx'
import { countryOptions } from './register.tsx'

export async function profilePages(server: FastifyInstance, app: App): Promise<void> {
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { form, photo = emptyForm, status = 200 }: { form?: FormState; photo?: FormState; status?: number },
  ) => {
    const account = await getAccountView(app.db, requireAccount(request.actor).accountId)
    const page = pageOf(request, request.method === 'GET' ? undefined : '/account/profile')
    const saved = readForm(page, request.query).checked('saved')
    const { name, phone, locale } = account
    return sendPage(
      reply,
      <Profile page={page} account={account} form={form ?? freshForm({ name, phone, locale })} photo={photo} saved={saved && status === 200} />,
      { status },
    )
  }

  server.get('/account/profile', async (request, reply) => show(request, reply, {}))

  server.post<{ Body: Fields }>('/account/profile', async (request, reply) => {
    const page = pageOf(request)
    const actor = requireAccount(request.actor)
    const form = readForm(page, request.body)
    const name = form.required('name', 120)
    const phone = form.text('phone')
    if (phone && !normalizePhone(phone)) form.fail('phone', 'phone')
    const locale = form.choice('locale', LOCALES)
    if (form.failed() || !name || !locale) return show(request, reply, { form: form.state(), status: 422 })
    try {
      await updateAccount(app, actor, { name, phone: phone || null, locale })
    } catch (error) {
      return show(request, reply, { form: refusedForm(page, form, error), status: refusalStatus(reply, error) })
    }
    // The language chosen here is shown from now on, also where this browser had chosen another before.
    return reply.redirect(`/account?lang=${locale}`, 303)
  })

  // Photos come as multipart, which no other form here sends.
  await server.register(async (scope) => {
    await scope.register(multipart, { limits: { fileSize: MAX_PHOTO_BYTES, files: 1, fields: 0, parts: 1 } })
    scope.post('/account/photo', { bodyLimit: MAX_PHOTO_BYTES + 10_000 }, async (request, reply) => {
      const actor = requireAccount(request.actor)
      const page = pageOf(request)
      try {
        const bytes = await readUpload(request)
        if (bytes.length === 0)
          return await show(request, reply, { photo: { values: {}, errors: { photo: page.t.account.profile.photoMissing } }, status: 422 })
        await setPhoto(app, actor, bytes)
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        const photo = { values: {}, errors: { photo: errorMessage(page.locale, error.code) } }
        return show(request, reply, { photo, status: refusalStatus(reply, error) })
      }
      return reply.redirect('/account/profile?saved=1', 303)
    })
  })

  server.post('/account/photo/remove', async (request, reply) => {
    await removePhoto(app, requireAccount(request.actor))
    return reply.redirect('/account/profile?saved=1', 303)
  })

  server.get('/account/organizer', async (request, reply) => {
    requireAccount(request.actor)
    return sendPage(reply, <BecomeOrganizer page={pageOf(request)} form={freshForm({ country: 'BJ' })} />)
  })

  server.post<{ Body: Fields }>('/account/organizer', async (request, reply) => {
    const page = pageOf(request)
    const actor = requireAccount(request.actor)
    const form = readForm(page, request.body)
    const name = form.required('organizerName', 120)
    const country = form.choice('country', COUNTRIES)
    if (form.failed() || !name || !country) return sendPage(reply, <BecomeOrganizer page={page} form={form.state()} />, { status: 422 })
    try {
      await createOrganizer(app, actor, { name, country })
    } catch (error) {
      return sendPage(reply, <BecomeOrganizer page={page} form={refusedForm(page, form, error)} />, { status: refusalStatus(reply, error) })
    }
    return reply.redirect('/organizer/events/new', 303)
  })
}

type ProfileProps = { page: PageContext; account: AccountView; form: FormState; photo: FormState; saved: boolean }

function Profile({ page, account, form, photo, saved }: ProfileProps) {
  const t = page.t.account.profile
  return (
    <Layout page={page} title={t.title} narrow noindex failed={hasErrors(form) || hasErrors(photo)}>
      <Trail label={page.t.common.back} steps={[['/account', page.t.account.home.title]]} />
      <h1>{t.title}</h1>
      {saved && <Notice tone="good" title={t.saved} />}
      <ErrorSummary page={page} form={hasErrors(photo) ? photo : form} labels={{ name: t.name, phone: t.phone, photo: t.photo }} />
      <form class="form" method="post" action="/account/profile" novalidate>
        <TextField form={form} name="name" label={t.name} autocomplete="name" autocapitalize="words" required maxlength={120} />
        <TextField
          form={form}
          name="phone"
          label={t.phone}
          optional={page.t.common.optional}
          type="tel"
          inputmode="tel"
          autocomplete="tel"
          size="medium"
          maxlength={30}
        />
        <SelectField
          form={form}
          name="locale"
          label={t.language}
          options={LOCALES.map((locale) => [locale, messages(locale).common.languageName] as const)}
          size="medium"
        />
        <Button>{page.t.common.save}</Button>
      </form>
      <p>
        {t.emailElsewhere(account.email)} · <a href="/account/security">{t.changeEmail}</a>
      </p>
      <section class="group" aria-labelledby="photo">
        <h2 id="photo">{t.photo}</h2>
        <div class="row">
          <Portrait photo={account.photo} name={account.name} />
          {account.photo && (
            <PostButton action="/account/photo/remove" kind="quiet">
              {t.removePhoto}
            </PostButton>
          )}
        </div>
        <form class="form" method="post" action="/account/photo" enctype="multipart/form-data">
          <FileField
            form={photo}
            name="photo"
            label={t.choosePhoto}
            hint={t.photoHint}
            accept="image/jpeg,image/png,image/webp,image/avif"
            required
          />
          <Button kind="secondary">{t.sendPhoto}</Button>
        </form>
      </section>
    </Layout>
  )
}

function BecomeOrganizer({ page, form }: { page: PageContext; form: FormState }) {
  const t = page.t.account.register
  return (
    <Layout page={page} title={t.organizerTitle} narrow noindex failed={hasErrors(form)}>
      <Trail label={page.t.common.back} steps={[['/account', page.t.account.home.title]]} />
      <h1>{t.organizerTitle}</h1>
      <p class="lead">{t.organizerLead}</p>
      <ErrorSummary page={page} form={form} />
      <form class="form" method="post" action="/account/organizer" novalidate>
        <TextField form={form} name="organizerName" label={t.organizer} hint={t.organizerHint} autocomplete="organization" required maxlength={120} />
        <SelectField form={form} name="country" label={t.country} options={countryOptions(page)} size="medium" />
        <Button>{t.createOrganizer}</Button>
      </form>
    </Layout>
  )
}
