// /admin/users: accounts, found and filtered; one with its sessions, orders and teams, and what staff may do with it.
import type { FastifyInstance } from 'fastify'
import type { Role } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import { isLocale, messages } from '#src/locales/locale.ts'
import { endSessions, sendResetLink } from '#src/modules/identity/help-account.ts'
import { mayChangeRole, maySuspend } from '#src/modules/identity/policy.ts'
import { setAccountRole } from '#src/modules/identity/set-account-role.ts'
import { reinstateAccount, suspendAccount } from '#src/modules/identity/suspend-account.ts'
import type { App } from '#src/platform/app.ts'
import { ACCOUNT_STATES, findUser, listUsers, listUserSessions, type AdminUser, type UserSession } from '#src/reads/admin-accounts.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import { listAdminOrders, type AdminOrder } from '#src/reads/admin-orders.ts'
import { Badge, Button, DataTable, Facts, PostButton } from '../ui/components.tsx'
import { deviceName } from '../ui/device.ts'
import { ErrorSummary, RadioField, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatDay, formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, askedOne, Filters, History, When, type ListRequest, type Query } from './admin-list.tsx'
import { orderColumns } from './orders.tsx'
import { act, ProofField } from './staff-action.tsx'

type UserRequest = { Params: { id: string }; Querystring: Query }

const ROLES: readonly Role[] = ['participant', 'organizer', 'admin', 'superadmin']

type OneUserProps = {
  page: PageContext
  user: AdminUser
  sessions: UserSession[]
  orders: AdminOrder[]
  facts: AdminFact[]
  now: Date
}

export async function adminUserPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/users', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const { query } = request
    const users = await listUsers(app.db, {
      q: asked(query, 'q'),
      role: askedOne(query, 'role', ROLES),
      state: askedOne(query, 'state', ACCOUNT_STATES),
      cursor: asked(query, 'cursor'),
      limit: 50,
    })
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.users}
        rows={users.data}
        nextCursor={users.nextCursor}
        empty={t.noUsers}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.search}
            selects={[
              { name: 'role', label: t.role, options: ROLES.map((role) => [role, t.roles[role]!] as const) },
              { name: 'state', label: t.status, options: ACCOUNT_STATES.map((state) => [state, t.accountStates[state]] as const) },
            ]}
          />
        }
        columns={[
          {
            label: t.name,
            cell: (user) => (
              <>
                <a href={`/admin/users/${user.publicId}`}>{user.name || user.email}</a> <UserBadges page={page} user={user} />
                <span class="hint block">{user.email}</span>
              </>
            ),
          },
          { label: t.role, cell: (user) => t.roles[user.role] },
          { label: t.teams, minor: true, cell: (user) => user.teams.map((team) => team.name).join(', ') },
          { label: t.since, minor: true, cell: (user) => <When page={page} date={user.createdAt} /> },
        ]}
      />,
    )
  })

  async function load(page: PageContext, id: string): Promise<OneUserProps> {
    const user = isUuid(id) ? await findUser(app.db, id) : undefined
    if (!user) throw kernelError('not_found')
    const [sessions, orders, facts] = await Promise.all([
      listUserSessions(app.db, user.id),
      listAdminOrders(app.db, { accountId: user.id, limit: 20 }),
      listFacts(app.db, { about: [`account:${user.id}`], limit: 20 }),
    ])
    return { page, user, sessions, orders: orders.data, facts: facts.data, now: app.clock.now() }
  }

  server.get<UserRequest>('/admin/users/:id', async (request, reply) => {
    const page = pageOf(request)
    const one = await load(page, request.params.id)
    return sendPage(reply, <OneUser {...one} form={freshForm({ role: one.user.role })} done={asked(request.query, 'done')} />)
  })

  type Verb = (input: { accountId: string; form: ReturnType<typeof readForm> }, actor: Parameters<typeof suspendAccount>[1]) => Promise<unknown>
  function verb(name: string, done: string, work: Verb): void {
    server.post<UserRequest>(`/admin/users/:id/${name}`, async (request, reply) => {
      const { id } = request.params
      return act(app, request, reply, {
        back: `/admin/users/${id}`,
        done,
        work: (form, actor) => work({ accountId: id, form }, actor),
        again: async (page, form) => {
          const one = await load(page, id)
          return <OneUser {...one} form={{ ...form, values: { role: one.user.role, ...form.values } }} done={undefined} />
        },
      })
    })
  }
  verb('suspend', 'suspended', async ({ accountId, form }, actor) => {
    const reason = form.required('reason', 300)
    if (reason) await suspendAccount(app, actor, { accountId, reason })
  })
  verb('reinstate', 'reinstated', ({ accountId }, actor) => reinstateAccount(app, actor, { accountId }))
  verb('reset-link', 'resetSent', ({ accountId }, actor) => sendResetLink(app, actor, { accountId }))
  verb('end-sessions', 'sessionsEnded', ({ accountId }, actor) => endSessions(app, actor, { accountId }))
  verb('role', 'roleChanged', async ({ accountId, form }, actor) => {
    const role = form.choice('role', ROLES)
    if (role) await setAccountRole(app, actor, { accountId, role })
  })
}

function UserBadges({ page, user }: { page: PageContext; user: AdminUser }) {
  const t = page.t.admin
  return (
    <>
      {user.suspended && <Badge tone="bad">{t.suspended}</Badge>} {!user.verified && <Badge tone="warn">{t.unverified}</Badge>}
    </>
  )
}

function OneUser({ page, user, sessions, orders, facts, now, form, done }: OneUserProps & { form: FormState; done: string | undefined }) {
  const t = page.t.admin
  const path = `/admin/users/${user.publicId}`
  const account = { id: user.id, role: user.role as Role }
  const roles = ROLES.filter((role) => role === user.role || mayChangeRole(page.actor, account, role))
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <AdminFrame page={page} title={user.name || user.email} under={['/admin/users', t.users]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [
            t.email,
            <>
              {user.email} <UserBadges page={page} user={user} />
            </>,
          ],
          [t.phone, user.phone && formatPhone(user.phone)],
          [t.role, t.roles[user.role]],
          [t.language, isLocale(user.locale) ? messages(user.locale).common.languageName : user.locale],
          [
            t.teams,
            user.teams.length > 0 && (
              <ul class="plain-list">
                {user.teams.map((team) => (
                  <li key={team.slug}>
                    <a href={`/admin/organizers/${team.slug}`}>{team.name}</a>,{' '}
                    {page.t.team.roles[team.role as keyof PageContext['t']['team']['roles']]}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t.since, formatDay(user.createdAt, 'UTC', page.locale)],
        ]}
      />
      <div class="actions">
        {!user.suspended && <PostButton action={`${path}/reset-link`}>{t.sendReset}</PostButton>}
        {sessions.length > 0 && maySuspend(page.actor, account) && (
          <PostButton action={`${path}/end-sessions`}>{t.endSessions(sessions.length, count(sessions.length))}</PostButton>
        )}
      </div>
      <section class="stack">
        <h2>{t.sessions}</h2>
        <DataTable
          caption={t.sessions}
          rows={sessions}
          empty={<p>{t.noSessions}</p>}
          columns={[
            { label: t.device, cell: (session) => deviceName(session.userAgent) ?? t.unknownDevice },
            { label: t.lastUsed, cell: (session) => <When page={page} date={session.lastUsedAt} /> },
            { label: t.since, minor: true, cell: (session) => <When page={page} date={session.createdAt} /> },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{t.orders}</h2>
        <DataTable caption={t.orders} rows={orders} empty={<p>{t.noOrdersOf}</p>} columns={orderColumns(page)} />
      </section>
      {roles.length > 1 && (
        <section class="stack">
          <h2>{t.role}</h2>
          <form class="form" method="post" action={`${path}/role`} novalidate>
            <RadioField form={form} name="role" label={t.role} options={roles.map((role) => ({ value: role, label: t.roles[role] }))} />
            <ProofField page={page} form={form} now={now} />
            <Button kind="secondary">{t.saveRole}</Button>
          </form>
        </section>
      )}
      {maySuspend(page.actor, account) && (
        <section class="stack">
          <h2>{user.suspended ? t.reinstate : t.suspend}</h2>
          {user.suspended ? (
            <PostButton action={`${path}/reinstate`}>{t.reinstate}</PostButton>
          ) : (
            <form class="form" method="post" action={`${path}/suspend`} novalidate>
              <p>{t.suspendHint}</p>
              <TextField form={form} name="reason" label={t.suspendReason} required maxlength={300} />
              <Button kind="danger">{t.suspend}</Button>
            </form>
          )}
        </section>
      )}
      <History page={page} facts={facts} about={`account:${user.id}`} />
    </AdminFrame>
  )
}
