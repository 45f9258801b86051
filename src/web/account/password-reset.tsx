// /forgot-password asks for the link; /reset-password/{token} and /join-team/{token} are where mailed links lead.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { openWebSessionOf } from '#src/modules/identity/open-session.ts'
import { requestPasswordReset } from '#src/modules/identity/request-password-reset.ts'
import { findPasswordLink, resetPassword, type TeamInvitation } from '#src/modules/identity/reset-password.ts'
import { resolveWebSession } from '#src/modules/identity/resolve-actor.ts'
import { errorMessage } from '#src/locales/locale.ts'
import type { App } from '#src/platform/app.ts'
import { asset } from '../ui/assets.ts'
import { Button, LinkButton, Notice } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { refusalStatus, type Fields } from './account-form.ts'
import { homeOf, startBrowserSession } from './browser-session.ts'
import { PasswordField } from '../ui/password-field.tsx'

type LinkRequest = { Params: { token: string }; Body: Fields }
type Purpose = 'reset' | 'join'

export async function passwordResetPages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/forgot-password', async (request, reply) => sendPage(reply, <Forgotten page={pageOf(request)} form={emptyForm} />))

  server.post<{ Body: Fields }>('/forgot-password', async (request, reply) => {
    const page = pageOf(request)
    const form = readForm(page, request.body)
    const email = form.required('email', 320)
    if (!email) return sendPage(reply, <Forgotten page={page} form={form.state()} />, { status: 422 })
    try {
      await requestPasswordReset(app, request.actor, { email })
      return sendPage(reply, <Mailed page={page} email={email} />)
    } catch (error) {
      return sendPage(reply, <Forgotten page={page} form={refusedForm(page, form, error)} />, { status: refusalStatus(reply, error) })
    }
  })

  for (const [path, purpose] of [
    ['/reset-password/:token', 'reset'],
    ['/join-team/:token', 'join'],
  ] as const) {
    const config = { addressIsSecret: true }
    server.get<LinkRequest>(path, { config }, async (request, reply) => {
      const page = pageOf(request)
      const link = await findPasswordLink(app, request.params.token)
      if (!link) return sendPage(reply, <DeadLink page={page} />, { status: 410, secret: true })
      return sendPage(
        reply,
        <NewPassword page={page} purpose={purpose} action={actionOf(request)} teams={link.teams} form={freshForm({ email: link.email })} />,
        { secret: true },
      )
    })
    server.post<LinkRequest>(path, { config }, async (request, reply) => setPassword(app, request, reply, purpose))
  }
}

async function setPassword(app: App, request: FastifyRequest<LinkRequest>, reply: FastifyReply, purpose: Purpose): Promise<FastifyReply> {
  const page = pageOf(request)
  const form = readForm(page, request.body)
  const password = form.values.password || form.fail('password', 'required')
  const name = purpose === 'join' ? form.required('name', 120) : undefined
  const again = async (state: FormState, status: number) => {
    const teams = (await findPasswordLink(app, request.params.token))?.teams ?? []
    return sendPage(reply, <NewPassword page={page} purpose={purpose} action={actionOf(request)} teams={teams} form={state} />, {
      status,
      secret: true,
    })
  }
  if (form.failed() || !password) return again(form.state(), 422)
  try {
    const accountId = await resetPassword(app, request.actor, { token: request.params.token, password, ...(name ? { name } : {}) })
    const token = await openWebSessionOf(app, request.actor, accountId, request.headers['user-agent'])
    await startBrowserSession(app, request, reply, token)
    const actor = await resolveWebSession(app, token, { locale: null, ip: request.ip })
    return reply.header('cache-control', 'no-store').redirect(homeOf(actor ?? request.actor), 303)
  } catch (error) {
    if (isDomainError(error, 'link_expired')) return sendPage(reply, <DeadLink page={page} />, { status: 410, secret: true })
    if (isDomainError(error, 'account_suspended')) return again(form.state(errorMessage(page.locale, error.code)), 403)
    return again(refusedForm(page, form, error), refusalStatus(reply, error))
  }
}

const actionOf = (request: FastifyRequest) => request.url.split('?')[0]!

function Forgotten({ page, form }: { page: PageContext; form: FormState }) {
  const t = page.t.account.forgot
  return (
    <Layout page={page} title={t.title} narrow noindex failed={hasErrors(form)}>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      <ErrorSummary page={page} form={form} />
      <form class="form" method="post" action="/forgot-password" novalidate>
        <TextField
          form={form}
          name="email"
          label={page.t.account.signIn.email}
          type="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          maxlength={320}
        />
        <Button>{t.button}</Button>
      </form>
      <p>
        <a href="/login">{t.back}</a>
      </p>
    </Layout>
  )
}

function Mailed({ page, email }: { page: PageContext; email: string }) {
  const t = page.t.account.forgot
  return (
    <Layout page={page} title={t.mailed} narrow noindex>
      <h1>{t.mailed}</h1>
      <p class="lead">{t.mailedHint(email)}</p>
      <p class="soft">{t.notThere}</p>
      <p>
        <a href="/login">{t.back}</a>
      </p>
    </Layout>
  )
}

type NewPasswordProps = { page: PageContext; purpose: Purpose; action: string; teams: readonly TeamInvitation[]; form: FormState }

function NewPassword({ page, purpose, action, teams, form }: NewPasswordProps) {
  const t = page.t.account.newPassword
  const title = purpose === 'join' ? t.joinTitle : t.title
  return (
    <Layout page={page} title={title} narrow noindex failed={hasErrors(form)} scripts={[asset('islands/show-password.ts')]}>
      <h1>{title}</h1>
      <p class="lead">{purpose === 'join' ? t.joinLead : t.lead}</p>
      {purpose === 'join' &&
        teams.map(({ organizer, role }) => (
          <Notice key={organizer} title={t.joinTeam(organizer)}>
            <p>
              <strong>{page.t.team.roles[role]}.</strong> {page.t.team.roleHints[role]}
            </p>
          </Notice>
        ))}
      <ErrorSummary page={page} form={form} />
      <form class="form" method="post" action={action} novalidate>
        <p>
          {t.forAccount} <strong>{form.values.email}</strong>
        </p>
        <input type="hidden" name="email" value={form.values.email} />
        {purpose === 'join' && (
          <TextField
            form={form}
            name="name"
            label={page.t.account.register.name}
            autocomplete="name"
            autocapitalize="words"
            required
            maxlength={120}
          />
        )}
        <PasswordField page={page} form={form} name="password" label={t.password} fresh />
        <Button>{purpose === 'join' ? t.joinButton : t.button}</Button>
      </form>
    </Layout>
  )
}

function DeadLink({ page }: { page: PageContext }) {
  const t = page.t.account.newPassword
  return (
    <Layout page={page} title={t.dead} narrow noindex failed>
      <h1>{t.dead}</h1>
      <Notice tone="warn" title={errorMessage(page.locale, 'link_expired')}>
        <p>{t.deadHint}</p>
      </Notice>
      <p>
        <LinkButton href="/forgot-password">{t.another}</LinkButton>
      </p>
    </Layout>
  )
}
