// /organizer/team: who works here, as what; inviting, another role, leaving.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { leads, type TeamRole } from '#src/kernel/actor.ts'
import { addMember } from '#src/modules/identity/add-member.ts'
import { changeMemberRole, inviteMemberAgain, removeMember } from '#src/modules/identity/change-team.ts'
import { identityError } from '#src/modules/identity/errors.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { getOwnOrganizer, listMembers, listOwnOrganizers } from '#src/modules/identity/find-organizers.ts'
import type { Member, Organizer } from '#src/modules/identity/organizer.ts'
import { mayGrant } from '#src/modules/identity/policy.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Badge, Button, DataTable, Facts, LinkButton, Notice, PostButton, Tabs, Trail } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextField } from '../ui/fields.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'

type TeamRequest = { Params: { organizer: string } }
type MemberRequest = { Params: { organizer: string; id: string } }

const ROLES: readonly TeamRole[] = ['agent', 'cashier', 'manager', 'owner']

function teamPath(organizer: { slug: string }, ...rest: string[]): string {
  return ['/organizer/team', organizer.slug, ...rest].join('/')
}

export async function teamPages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/organizer/team', async (request, reply) => {
    const account = requireAccount(request.actor)
    const teams = await listOwnOrganizers(app, account)
    const first = teams.find(leads)
    if (first) return reply.redirect(teamPath(first), 303)
    if (teams.length === 0) return reply.redirect('/account/organizer', 303)
    return sendPage(reply, <OwnTeams page={pageOf(request)} teams={teams} />)
  })

  // Everybody may leave, also who sees nothing else of the team.
  server.get<TeamRequest>('/organizer/team/:organizer/leave', async (request, reply) => {
    const team = await loadOwnTeam(request.actor, request.params.organizer)
    return sendPage(reply, <Leave page={pageOf(request)} team={team} />)
  })
  server.post<TeamRequest>('/organizer/team/:organizer/leave', async (request, reply) => {
    const account = requireAccount(request.actor)
    const team = await loadOwnTeam(account, request.params.organizer)
    const page = pageOf(request)
    try {
      await removeMember(app, account, { organizerId: team.id, memberId: account.publicId })
      return await reply.redirect('/account', 303)
    } catch (error) {
      const state = refusedForm(page, { values: {} }, error)
      return sendPage(reply, <Leave page={page} team={team} form={state} />, { status: statusOf(error) })
    }
  })

  async function loadOwnTeam(actor: PageContext['actor'], slug: string): Promise<OwnTeam> {
    const team = (await listOwnOrganizers(app, requireAccount(actor))).find((own) => own.slug === slug)
    if (!team) throw kernelError('not_found')
    return team
  }

  async function load(actor: PageContext['actor'], slug: string) {
    const account = requireAccount(actor)
    const organizer = await getOwnOrganizer(app, account, slug)
    const [members, teams] = await Promise.all([listMembers(app, account, slug), listOwnOrganizers(app, account)])
    return { organizer, members, teams: teams.filter(leads) }
  }

  server.get<TeamRequest>('/organizer/team/:organizer', async (request, reply) => {
    const page = pageOf(request)
    const scene = await load(request.actor, request.params.organizer)
    return sendPage(reply, <Team page={page} {...scene} form={freshForm({ role: 'agent' })} done={readForm(page, request.query).text('done')} />)
  })

  server.post<TeamRequest>('/organizer/team/:organizer', async (request, reply) => {
    const page = pageOf(request, teamPath({ slug: request.params.organizer }))
    const scene = await load(request.actor, request.params.organizer)
    const form = readForm(page, request.body)
    const email = form.required('email', 320)
    const role = form.choice('role', ROLES)
    const again = (state: FormState, status: number) => sendPage(reply, <Team page={page} {...scene} form={state} done="" />, { status })
    if (!email || !role) return again(form.state(), 422)
    try {
      const member = await addMember(app, request.actor, {
        organizerId: scene.organizer.id,
        email,
        role,
        ...(form.text('name') ? { name: form.text('name') } : {}),
      })
      if (!member.added) throw identityError('already_member', { role: member.role })
      return reply.redirect(`${teamPath(scene.organizer)}?done=invited`, 303)
    } catch (error) {
      return again(refusedForm(page, form, error, { already_member: 'email', invalid_email: 'email' }), statusOf(error))
    }
  })

  async function loadMember(request: { actor: PageContext['actor']; params: MemberRequest['Params'] }) {
    const scene = await load(request.actor, request.params.organizer)
    const member = scene.members.find(({ id }) => id === request.params.id)
    if (!member) throw kernelError('not_found')
    return { ...scene, member }
  }

  server.get<MemberRequest>('/organizer/team/:organizer/members/:id', async (request, reply) => {
    const { organizer, member } = await loadMember(request)
    return sendPage(reply, <OneMember page={pageOf(request)} organizer={organizer} member={member} form={freshForm({ role: member.role })} />)
  })

  for (const action of ['role', 'remove', 'again'] as const) {
    server.post<MemberRequest>(`/organizer/team/:organizer/members/:id/${action}`, async (request, reply) => {
      const { organizer, member } = await loadMember(request)
      const page = pageOf(request, teamPath(organizer, 'members', member.id))
      const form = readForm(page, request.body)
      const again = (state: FormState, status: number) =>
        sendPage(
          reply,
          <OneMember page={page} organizer={organizer} member={member} form={{ ...state, values: { role: member.role, ...state.values } }} />,
          { status },
        )
      const role = action === 'role' ? form.choice('role', ROLES) : undefined
      if (form.failed()) return again(form.state(), 422)
      try {
        if (role) await changeMemberRole(app, request.actor, { organizerId: organizer.id, memberId: member.id, role })
        else if (action === 'again') await inviteMemberAgain(app, request.actor, { organizerId: organizer.id, memberId: member.id })
        else await removeMember(app, request.actor, { organizerId: organizer.id, memberId: member.id })
        if (action === 'remove' && isSelf(page, member)) return await reply.redirect('/account', 303)
        return await reply.redirect(`${teamPath(organizer)}?done=${DONE_BY[action]}`, 303)
      } catch (error) {
        return again(refusedForm(page, form, error), statusOf(error))
      }
    })
  }
}

type OwnTeam = Organizer & { role: TeamRole }

const DONE_BY = { role: 'changed', remove: 'removed', again: 'invited' } as const
const isSelf = (page: PageContext, member: Member) => page.actor.kind === 'account' && page.actor.accountId === member.accountId

/** The roles that the reader may give, the smallest first, each with what it may do. */
function roleOptions(page: PageContext, organizer: Organizer) {
  const t = page.t.team
  return ROLES.filter((role) => mayGrant(page.actor, organizer.id, role)).map((role) => ({
    value: role,
    label: t.roles[role],
    hint: t.roleHints[role],
  }))
}

type TeamProps = { page: PageContext; organizer: Organizer; members: Member[]; teams: Organizer[]; form: FormState; done: string }

function Team({ page, organizer, members, teams, form, done }: TeamProps) {
  const t = page.t.team
  const doneWords = Object.hasOwn(t.done, done) ? t.done[done as keyof typeof t.done] : undefined
  return (
    <Layout page={page} title={`${t.title} · ${organizer.name}`} noindex failed={hasErrors(form)}>
      <Trail label={page.t.common.back} steps={[['/organizer', page.t.organizer.myEvents]]} />
      <h1>{t.title}</h1>
      {teams.length > 1 ? (
        <Tabs label={page.t.organizer.organizer} tabs={teams.map((team) => [teamPath(team), team.name] as const)} here={teamPath(organizer)} />
      ) : (
        <p class="lead">{organizer.name}</p>
      )}
      {doneWords && !hasErrors(form) && <Notice tone="good" title={doneWords} />}
      <ErrorSummary page={page} form={form} labels={{ email: t.email, role: t.role }} />
      <DataTable
        caption={t.title}
        rows={members}
        columns={[
          {
            label: t.member,
            cell: (member) => (
              <>
                {mayGrant(page.actor, organizer.id, member.role) || isSelf(page, member) ? (
                  <a href={teamPath(organizer, 'members', member.id)}>{member.name}</a>
                ) : (
                  member.name
                )}
                {isSelf(page, member) && <span class="soft"> {t.you}</span>}
                <span class="hint block">{member.email}</span>
              </>
            ),
          },
          { label: t.role, cell: (member) => t.roles[member.role] },
          {
            label: page.t.organizer.status,
            cell: (member) => (member.confirmed ? <Badge tone="good">{t.active}</Badge> : <Badge tone="warn">{t.invited}</Badge>),
          },
        ]}
      />
      <details>
        <summary>{t.whoMayWhat}</summary>
        <Facts rows={ROLES.toReversed().map((role) => [t.roles[role], t.roleHints[role]] as const)} />
      </details>
      <section class="group">
        <h2>{t.invite}</h2>
        <form class="form" method="post" action={teamPath(organizer)} novalidate>
          <TextField
            form={form}
            name="email"
            label={t.email}
            hint={t.emailHint}
            type="email"
            inputmode="email"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
            maxlength={320}
          />
          <TextField
            form={form}
            name="name"
            label={page.t.organizer.name}
            optional={page.t.common.optional}
            autocomplete="off"
            autocapitalize="words"
            maxlength={120}
          />
          <RadioField form={form} name="role" label={t.role} options={roleOptions(page, organizer)} />
          <Button>{t.inviteButton}</Button>
        </form>
      </section>
      <p>
        <a href="/account/organizer">{t.another}</a>
      </p>
    </Layout>
  )
}

/** The teams of somebody who leads none: what they do there, and the way out. */
function OwnTeams({ page, teams }: { page: PageContext; teams: OwnTeam[] }) {
  const t = page.t.team
  return (
    <Layout page={page} title={t.mine} noindex narrow>
      <h1>{t.mine}</h1>
      <ul class="plain-list">
        {teams.map((team) => (
          <li key={team.slug} class="holder">
            <h2>{team.name}</h2>
            <p>
              <strong>{t.roles[team.role]}.</strong> {t.roleHints[team.role]}
            </p>
            <div class="actions">
              <LinkButton kind="secondary" href={team.role === 'agent' ? '/gate' : `/organizer?organizer=${team.slug}`}>
                {team.role === 'agent' ? page.t.common.nav.gate : page.t.organizer.myEvents}
              </LinkButton>
              <LinkButton kind="quiet" href={teamPath(team, 'leave')}>
                {t.leave}
              </LinkButton>
            </div>
          </li>
        ))}
      </ul>
    </Layout>
  )
}

function Leave({ page, team, form = emptyForm }: { page: PageContext; team: OwnTeam; form?: FormState }) {
  const t = page.t.team
  return (
    <Layout page={page} title={`${t.leave} · ${team.name}`} noindex narrow failed={hasErrors(form)}>
      <Trail label={page.t.common.back} steps={[['/organizer/team', t.mine]]} />
      <h1>{t.leaveTitle(team.name)}</h1>
      <ErrorSummary page={page} form={form} />
      <p>{t.leaveHint(team.name)}</p>
      <form method="post" action={teamPath(team, 'leave')}>
        <div class="actions">
          <Button kind="danger">{t.leave}</Button>
          <LinkButton kind="quiet" href="/organizer/team">
            {page.t.common.cancel}
          </LinkButton>
        </div>
      </form>
    </Layout>
  )
}

/** One member: another role, or out. Both say who. */
function OneMember({ page, organizer, member, form }: { page: PageContext; organizer: Organizer; member: Member; form: FormState }) {
  const t = page.t.team
  const mayChange = mayGrant(page.actor, organizer.id, member.role)
  const self = isSelf(page, member)
  return (
    <Layout page={page} title={`${member.name} · ${t.title}`} noindex narrow failed={hasErrors(form)}>
      <Trail label={page.t.common.back} steps={[[teamPath(organizer), `${t.title} · ${organizer.name}`]]} />
      <h1>{member.name}</h1>
      <p class="lead">{member.email}</p>
      <ErrorSummary page={page} form={form} />
      {mayChange && (
        <form class="form" method="post" action={teamPath(organizer, 'members', member.id, 'role')}>
          <RadioField form={form} name="role" label={t.role} options={roleOptions(page, organizer)} />
          <div class="actions">
            <Button>{page.t.common.save}</Button>
            <LinkButton kind="quiet" href={teamPath(organizer)}>
              {page.t.common.cancel}
            </LinkButton>
          </div>
        </form>
      )}
      {mayChange && !member.confirmed && (
        <section class="group">
          <h2>{t.invited}</h2>
          <p>{t.againHint(member.email)}</p>
          <PostButton action={teamPath(organizer, 'members', member.id, 'again')}>{t.again}</PostButton>
        </section>
      )}
      {(mayChange || self) && (
        <section class="group">
          <h2>{self ? t.leave : t.remove}</h2>
          <p>{self ? t.leaveHint(organizer.name) : t.removeHint(member.name)}</p>
          <form method="post" action={teamPath(organizer, 'members', member.id, 'remove')}>
            <Button kind="danger">{self ? t.leave : t.remove}</Button>
          </form>
        </section>
      )}
    </Layout>
  )
}
