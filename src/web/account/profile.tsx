// /account/profile: name, phone, language. /account/organizer: start to sell tickets.
import type { FastifyInstance } from 'fastify'
import { normalizePhone } from '#src/kernel/phone.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'
import { createOrganizer } from '#src/modules/identity/create-organizer.ts'
import { getAccountView, requireAccount } from '#src/modules/identity/find-accounts.ts'
import { COUNTRIES } from '#src/modules/identity/organizer.ts'
import { updateAccount } from '#src/modules/identity/update-account.ts'
import type { App } from '#src/platform/app.ts'
import { Button, Trail } from '../ui/components.tsx'
import { ErrorSummary, SelectField, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { refusalStatus, type Fields } from './account-form.ts'
import { countryOptions } from './register.tsx'

export async function profilePages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/account/profile', async (request, reply) => {
    const { name, phone, locale } = await getAccountView(app.db, requireAccount(request.actor).accountId)
    return sendPage(reply, <Profile page={pageOf(request)} form={freshForm({ name, phone, locale })} />)
  })

  server.post<{ Body: Fields }>('/account/profile', async (request, reply) => {
    const page = pageOf(request)
    const actor = requireAccount(request.actor)
    const form = readForm(page, request.body)
    const name = form.required('name', 120)
    const phone = form.text('phone')
    if (phone && !normalizePhone(phone)) form.fail('phone', 'phone')
    const locale = form.choice('locale', LOCALES)
    if (form.failed() || !name || !locale) return sendPage(reply, <Profile page={page} form={form.state()} />, { status: 422 })
    try {
      await updateAccount(app, actor, { name, phone: phone || null, locale })
    } catch (error) {
      return sendPage(reply, <Profile page={page} form={refusedForm(page, form, error)} />, { status: refusalStatus(reply, error) })
    }
    // The language chosen here is shown from now on, also where this browser had chosen another before.
    return reply.redirect(`/account?lang=${locale}`, 303)
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

function Profile({ page, form }: { page: PageContext; form: FormState }) {
  const t = page.t.account.profile
  return (
    <Layout page={page} title={t.title} narrow noindex failed={hasErrors(form)}>
      <Trail label={page.t.common.back} steps={[['/account', page.t.account.home.title]]} />
      <h1>{t.title}</h1>
      <ErrorSummary page={page} form={form} />
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
