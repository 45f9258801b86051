// /admin/users/{id}: one account, its role, and keeping it out.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Role } from '#src/kernel/actor.ts'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { mayChangeRole, maySuspend } from '#src/modules/identity/policy.ts'
import { setAccountRole } from '#src/modules/identity/set-account-role.ts'
import { reinstateAccount, suspendAccount } from '#src/modules/identity/suspend-account.ts'
import type { App } from '#src/platform/app.ts'
import { findUser, type AdminUser } from '#src/reads/admin-lists.ts'
import { statusOf } from '../error-page.tsx'
import { Badge, Button, Facts, PostButton } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextField } from '../ui/fields.tsx'
import { freshForm, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatDay } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'

type UserRequest = { Params: { id: string } }

const ROLES: readonly Role[] = ['participant', 'organizer', 'admin', 'superadmin']

export async function adminUserPages(server: FastifyInstance, app: App): Promise<void> {
  async function load(id: string): Promise<AdminUser> {
    const user = isUuid(id) ? await findUser(app.db, id) : undefined
    if (!user) throw kernelError('not_found')
    return user
  }

  server.get<UserRequest>('/admin/users/:id', async (request, reply) => {
    const user = await load(request.params.id)
    return sendPage(reply, <OneUser page={pageOf(request)} user={user} form={freshForm({ role: user.role })} />)
  })

  async function change(request: FastifyRequest<UserRequest>, reply: FastifyReply, work: (user: AdminUser, form: FormReader) => Promise<void>) {
    const user = await load(request.params.id)
    const path = `/admin/users/${user.publicId}`
    const page = pageOf(request, path)
    const form = readForm(page, request.body)
    const again = (state: FormState, status: number) =>
      sendPage(reply, <OneUser page={page} user={user} form={{ ...state, values: { role: user.role, ...state.values } }} />, { status })
    try {
      await work(user, form)
      return form.failed() ? again(form.state(), 422) : reply.redirect(path, 303)
    } catch (error) {
      return again(refusedForm(page, form, error), isDomainError(error) ? statusOf(error) : 422)
    }
  }

  server.post<UserRequest>('/admin/users/:id/suspend', async (request, reply) =>
    change(request, reply, async (user, form) => {
      const reason = form.required('reason', 300)
      if (reason) await suspendAccount(app, request.actor, { accountId: user.publicId, reason })
    }),
  )
  server.post<UserRequest>('/admin/users/:id/reinstate', async (request, reply) =>
    change(request, reply, (user) => reinstateAccount(app, request.actor, { accountId: user.publicId })),
  )
  server.post<UserRequest>('/admin/users/:id/role', async (request, reply) =>
    change(request, reply, async (user, form) => {
      const role = form.choice('role', ROLES)
      if (role) await setAccountRole(app, request.actor, { accountId: user.publicId, role })
    }),
  )
}

function OneUser({ page, user, form }: { page: PageContext; user: AdminUser; form: FormState }) {
  const t = page.t.admin
  const path = `/admin/users/${user.publicId}`
  const account = { id: user.id, role: user.role as Role }
  const roles = ROLES.filter((role) => role === user.role || mayChangeRole(page.actor, account, role))
  return (
    <AdminFrame page={page} title={user.name}>
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [
            t.email,
            <>
              {user.email} {!user.verified && <Badge tone="warn">{t.unverified}</Badge>} {user.suspended && <Badge tone="bad">{t.suspended}</Badge>}
            </>,
          ],
          [t.teams, user.organizers.join(', ')],
          [t.since, formatDay(user.createdAt, 'UTC', page.locale)],
          [t.facts, <a href={`/admin/facts?q=account:${user.id}`}>account:{user.id}</a>],
        ]}
      />
      {roles.length > 1 && (
        <form class="form" method="post" action={`${path}/role`}>
          <RadioField form={form} name="role" label={t.role} options={roles.map((role) => ({ value: role, label: t.roles[role] }))} />
          <Button kind="secondary">{t.saveRole}</Button>
        </form>
      )}
      {maySuspend(page.actor, account) &&
        (user.suspended ? (
          <PostButton action={`${path}/reinstate`}>{t.reinstate}</PostButton>
        ) : (
          <form class="form group" method="post" action={`${path}/suspend`} novalidate>
            <p>{t.suspendHint}</p>
            <TextField form={form} name="reason" label={t.suspendReason} required maxlength={300} />
            <Button kind="danger">{t.suspend}</Button>
          </form>
        ))}
    </AdminFrame>
  )
}
