// /register, and /register?as=organizer: the same page with one question more.
import type { FastifyInstance } from 'fastify'
import { invalidInput } from '#src/kernel/domain-error.ts'
import { registerAccount, registrationProblems } from '#src/modules/identity/register-account.ts'
import { openWebSessionOf } from '#src/modules/identity/open-session.ts'
import { COUNTRIES } from '#src/modules/identity/organizer.ts'
import type { App } from '#src/platform/app.ts'
import { asset } from '../ui/assets.ts'
import { Button } from '../ui/components.tsx'
import { ErrorSummary, SelectField, TextField, type Option } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { refusalStatus, type Fields } from './account-form.ts'
import { ownPath, startBrowserSession } from './browser-session.ts'
import { PasswordField } from '../ui/password-field.tsx'

export async function registerPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: Fields }>('/register', async (request, reply) => {
    const page = pageOf(request)
    const asked = readForm(page, request.query)
    // Whoever has an account already needs no second one to sell.
    if (asked.text('as') === 'organizer' && request.actor.kind === 'account') return reply.redirect('/organizer/events/new', 303)
    return sendPage(reply, <Register page={page} form={freshForm({ as: asked.text('as'), next: ownPath(asked.text('next')), country: 'BJ' })} />)
  })

  server.post<{ Body: Fields }>('/register', async (request, reply) => {
    const page = pageOf(request)
    const form = readForm(page, request.body)
    const organizes = form.text('as') === 'organizer'
    const name = form.required('name', 120)
    const email = form.required('email', 320)
    const password = form.values.password || form.fail('password', 'required')
    const organizerName = organizes ? form.required('organizerName', 120) : undefined
    const country = organizes ? form.choice('country', COUNTRIES) : undefined
    if (form.failed() || !name || !email || !password) return sendPage(reply, <Register page={page} form={everyError(page, form)} />, { status: 422 })
    try {
      const accountId = await registerAccount(app, request.actor, {
        name,
        email,
        password,
        locale: page.locale,
        role: organizes ? 'organizer' : 'participant',
        organizerName,
        country,
      })
      await startBrowserSession(app, request, reply, await openWebSessionOf(app, request.actor, accountId, request.headers['user-agent']))
      return reply.header('cache-control', 'no-store').redirect(ownPath(form.text('next')) ?? (organizes ? '/organizer/events/new' : '/account'), 303)
    } catch (error) {
      const state = refusedForm(page, form, error)
      return sendPage(reply, <Register page={page} form={state} />, { status: refusalStatus(reply, error) })
    }
  })
}

/** What is missing, and beside it what else is wrong: nobody should have to send a form twice to learn all of it. */
function everyError(page: PageContext, form: FormReader): FormState {
  const problems = registrationProblems({ name: form.text('name'), email: form.text('email'), password: form.values.password ?? '' })
  const wrong = problems.length > 0 ? refusedForm(page, form, invalidInput(...problems)).errors : {}
  const missing = form.state()
  return { ...missing, errors: { ...wrong, ...missing.errors } }
}

function Register({ page, form }: { page: PageContext; form: FormState }) {
  const t = page.t.account.register
  const organizes = form.values.as === 'organizer'
  const next = ownPath(form.values.next)
  const query = next ? `?next=${encodeURIComponent(next)}` : ''
  const title = organizes ? t.organizerTitle : t.title
  return (
    <Layout page={page} title={title} narrow failed={hasErrors(form)} scripts={[asset('islands/show-password.ts')]}>
      <h1>{title}</h1>
      <p class="lead">{organizes ? t.organizerLead : t.lead}</p>
      <ErrorSummary
        page={page}
        form={form}
        labels={{ organizerName: t.organizer, country: t.country, name: t.name, email: t.email, password: t.password }}
      />
      <form class="form" method="post" action="/register" novalidate>
        {organizes && <input type="hidden" name="as" value="organizer" />}
        {next && <input type="hidden" name="next" value={next} />}
        <TextField form={form} name="name" label={t.name} autocomplete="name" autocapitalize="words" required maxlength={120} />
        <TextField
          form={form}
          name="email"
          label={t.email}
          hint={t.emailHint}
          type="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          maxlength={320}
        />
        <PasswordField page={page} form={form} name="password" label={t.password} fresh />
        {organizes && (
          <TextField
            form={form}
            name="organizerName"
            label={t.organizer}
            hint={t.organizerHint}
            autocomplete="organization"
            required
            maxlength={120}
          />
        )}
        {organizes && <SelectField form={form} name="country" label={t.country} options={countryOptions(page)} size="medium" />}
        <Button>{organizes ? t.createOrganizer : t.button}</Button>
      </form>
      <p>
        {t.have} <a href={`/login${query}`}>{t.signIn}</a>
      </p>
      <p>
        {organizes ? (
          <a href={`/register${query}`}>{t.asParticipant}</a>
        ) : (
          <a href={`/register?as=organizer${next ? `&next=${encodeURIComponent(next)}` : ''}`}>{t.asOrganizer}</a>
        )}
      </p>
    </Layout>
  )
}

/** The countries an organizer may be in, by name. */
export function countryOptions(page: PageContext): Option[] {
  const names = new Intl.DisplayNames(page.locale, { type: 'region' })
  return COUNTRIES.map((code): Option => [code, names.of(code) ?? code]).sort((a, b) => a[1].localeCompare(b[1], page.locale))
}
