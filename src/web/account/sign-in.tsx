// /login and /logout.
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { openWebSession } from '#src/modules/identity/open-session.ts'
import { resolveWebSession } from '#src/modules/identity/resolve-actor.ts'
import type { App } from '#src/platform/app.ts'
import { asset } from '../ui/assets.ts'
import { Button } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { refusalStatus, type Fields } from './account-form.ts'
import { PasswordField } from '../ui/password-field.tsx'
import { endBrowserSession, homeOf, ownPath, startBrowserSession } from './browser-session.ts'

export async function signInPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: Fields }>('/login', async (request, reply) => {
    const page = pageOf(request)
    const next = ownPath(readForm(page, request.query).text('next'))
    if (request.actor.kind === 'account') return reply.header('cache-control', 'no-store').redirect(next ?? homeOf(request.actor), 303)
    return sendPage(reply, <SignIn page={page} form={freshForm({ next })} />)
  })

  server.post<{ Body: Fields }>('/login', async (request, reply) => {
    const page = pageOf(request)
    const form = readForm(page, request.body)
    const email = form.required('email', 320)
    const password = form.values.password || form.fail('password', 'required')
    if (!email || !password) return sendPage(reply, <SignIn page={page} form={form.state()} />, { status: 422 })
    try {
      const token = await openWebSession(app, request.actor, { email, password, userAgent: request.headers['user-agent'] })
      await startBrowserSession(app, request, reply, token)
      const actor = await resolveWebSession(app, token, { locale: null, ip: request.ip })
      return reply.header('cache-control', 'no-store').redirect(ownPath(form.text('next')) ?? homeOf(actor ?? request.actor), 303)
    } catch (error) {
      if (!isDomainError(error)) throw error
      return sendPage(reply, <SignIn page={page} form={form.state(errorMessage(page.locale, error.code))} />, { status: refusalStatus(reply, error) })
    }
  })

  server.post('/logout', async (request, reply) => {
    await endBrowserSession(app, request, reply)
    return reply.header('cache-control', 'no-store').redirect('/events', 303)
  })
}

function SignIn({ page, form }: { page: PageContext; form: FormState }) {
  const t = page.t.account.signIn
  const next = ownPath(form.values.next)
  const query = next ? `?next=${encodeURIComponent(next)}` : ''
  return (
    <Layout page={page} title={t.title} narrow noindex failed={hasErrors(form)} scripts={[asset('islands/show-password.ts')]}>
      <h1>{t.title}</h1>
      <ErrorSummary page={page} form={form} labels={{ email: t.email, password: t.password }} />
      <form class="form" method="post" action="/login" novalidate>
        {next && <input type="hidden" name="next" value={next} />}
        <TextField
          form={form}
          name="email"
          label={t.email}
          type="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          maxlength={320}
        />
        <PasswordField page={page} form={form} name="password" label={t.password} />
        <Button>{t.button}</Button>
      </form>
      <p>
        <a href="/forgot-password">{t.forgot}</a>
      </p>
      <p>
        {t.none} <a href={`/register${query}`}>{t.register}</a>
      </p>
      <p class="small soft">{t.buyerHint}</p>
    </Layout>
  )
}
