// /account/security: address, password, and where the account is signed in.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AccountActor } from '#src/kernel/actor.ts'
import type { AccountView } from '#src/modules/identity/account.ts'
import { requestEmailVerification } from '#src/modules/identity/request-email-verification.ts'
import { getAccountView, requireAccount } from '#src/modules/identity/find-accounts.ts'
import { listSessions, type SessionView } from '#src/modules/identity/find-sessions.ts'
import { revokeOwnSession } from '#src/modules/identity/revoke-session.ts'
import { updateAccount, type AccountUpdate } from '#src/modules/identity/update-account.ts'
import type { App } from '#src/platform/app.ts'
import { asset } from '../ui/assets.ts'
import { Badge, Button, DataTable, Notice, PostButton, Trail } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatDay } from '../ui/format.ts'
import { deviceName } from '../ui/device.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { PasswordField } from '../ui/password-field.tsx'
import { refusalStatus, type Fields } from './account-form.ts'

type Forms = { address: FormState; password: FormState }
// Days only: an account has no time zone, and nobody needs the hour here.
const ZONE = 'UTC'

export async function securityPages(server: FastifyInstance, app: App): Promise<void> {
  const show = async (request: FastifyRequest, reply: FastifyReply, actor: AccountActor, forms: Partial<Forms>, status = 200) => {
    const [sessions, account] = await Promise.all([listSessions(app, actor), getAccountView(app.db, actor.accountId)])
    const page = pageOf(request, request.method === 'GET' ? undefined : '/account/security')
    const done = readForm(page, request.query).text('done')
    return sendPage(
      reply,
      <Security
        page={page}
        sessions={sessions}
        account={account}
        done={done}
        address={forms.address ?? emptyForm}
        password={forms.password ?? emptyForm}
      />,
      { status },
    )
  }

  server.get('/account/security', async (request, reply) => show(request, reply, requireAccount(request.actor), {}))

  // Each form has its own name for the current password: two fields of one page can't share it.
  const change = (path: string, name: keyof Forms, proof: string, read: (form: FormReader) => AccountUpdate) => {
    server.post<{ Body: Fields }>(path, async (request, reply) => {
      const actor = requireAccount(request.actor)
      const page = pageOf(request)
      const form = readForm(page, request.body)
      const update = { ...read(form), currentPassword: form.values[proof] || form.fail(proof, 'required') }
      if (form.failed()) return show(request, reply, actor, { [name]: form.state() }, 422)
      try {
        await updateAccount(app, actor, update)
      } catch (error) {
        return show(
          request,
          reply,
          actor,
          { [name]: refusedForm(page, form, error, { '/body/currentPassword': proof }) },
          refusalStatus(reply, error),
        )
      }
      return reply.redirect(`/account/security?done=${name}`, 303)
    })
  }
  change('/account/security/address', 'address', 'addressPassword', (form) => ({ email: form.required('email', 320) }))
  change('/account/security/password', 'password', 'currentPassword', (form) => ({
    password: form.values.password || form.fail('password', 'required'),
  }))

  server.post('/account/security/address/again', async (request, reply) => {
    await requestEmailVerification(app, requireAccount(request.actor))
    return reply.redirect('/account/security?done=address', 303)
  })
  server.post('/account/security/address/keep', async (request, reply) => {
    const actor = requireAccount(request.actor)
    await updateAccount(app, actor, { email: actor.email })
    return reply.redirect('/account/security', 303)
  })

  server.post<{ Params: { id: string } }>('/account/sessions/:id/end', async (request, reply) => {
    await revokeOwnSession(app, requireAccount(request.actor), request.params.id)
    return reply.redirect('/account/security?done=session', 303)
  })
}

type SecurityProps = Forms & { page: PageContext; sessions: SessionView[]; account: AccountView; done: string }

function Security({ page, sessions, account, done, address, password }: SecurityProps) {
  const t = page.t.account.security
  const confirmed = ({ address: t.addressDone, password: t.passwordDone, session: t.sessionDone } as Record<string, string>)[done]
  const currentPassword = (form: FormState, name: string) => <PasswordField page={page} form={form} name={name} label={t.currentPassword} />
  return (
    <Layout
      page={page}
      title={t.title}
      narrow
      noindex
      failed={hasErrors(address) || hasErrors(password)}
      scripts={[asset('islands/show-password.ts')]}
    >
      <Trail label={page.t.common.back} steps={[['/account', page.t.account.home.title]]} />
      <h1>{t.title}</h1>
      {confirmed && <Notice tone="good" title={confirmed} />}
      <ErrorSummary
        page={page}
        form={hasErrors(address) ? address : password}
        labels={{ email: t.newAddress, addressPassword: t.currentPassword, currentPassword: t.currentPassword, password: t.newPassword }}
      />
      <section class="group" aria-labelledby="address">
        <h2 id="address">{t.address}</h2>
        <p>{t.addressNow(account.email)}</p>
        {account.pendingEmail && (
          <Notice tone="warn" title={t.addressWaits(account.pendingEmail)}>
            <p>{t.addressWaitsHint}</p>
            <div class="actions">
              <PostButton action="/account/security/address/again">{t.addressAgain}</PostButton>
              <PostButton action="/account/security/address/keep" kind="quiet">
                {t.addressKeep}
              </PostButton>
            </div>
          </Notice>
        )}
        <form class="form" method="post" action="/account/security/address" novalidate>
          <TextField
            form={address}
            name="email"
            label={t.newAddress}
            hint={t.addressHint}
            type="email"
            autocomplete="email"
            autocapitalize="none"
            spellcheck={false}
            required
            maxlength={320}
          />
          {currentPassword(address, 'addressPassword')}
          <Button kind="secondary">{t.changeAddress}</Button>
        </form>
      </section>
      <section class="group" aria-labelledby="password">
        <h2 id="password">{t.password}</h2>
        <form class="form" method="post" action="/account/security/password" novalidate>
          {currentPassword(password, 'currentPassword')}
          <PasswordField page={page} form={password} name="password" label={t.newPassword} fresh />
          <Button kind="secondary">{t.changePassword}</Button>
        </form>
      </section>
      <section class="group" aria-labelledby="sessions">
        <h2 id="sessions">{t.sessions}</h2>
        <DataTable
          caption={t.sessions}
          rows={sessions}
          columns={[
            { label: t.device, cell: (session) => deviceName(session.userAgent) ?? t.unknownDevice },
            { label: t.lastUsed, cell: (session) => formatDay(session.lastUsedAt, ZONE, page.locale) },
            {
              label: page.t.common.actions,
              cell: (session) =>
                session.current ? (
                  <Badge tone="good">{t.thisOne}</Badge>
                ) : (
                  <PostButton action={`/account/sessions/${session.id}/end`} kind="quiet">
                    {t.endSession}
                  </PostButton>
                ),
            },
          ]}
        />
      </section>
    </Layout>
  )
}
