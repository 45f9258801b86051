// Invitations to a private event: each opens it by a personal link, or for the account with that verified address.
import { actorLabel, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { hashToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { eventError } from './errors.ts'
import { isEditable, wasShown, type Event } from './event.ts'
import { guestInvited, invitationRevoked } from './facts.ts'
import { lockTeamEvent } from './find-events.ts'
import {
  countInvitations,
  insertInvitations,
  markAnnounced,
  revokeInvitationRow,
  selectInvitation,
  selectInvitations,
  upsertInvitation,
  type Invitation,
} from './store/invitations.ts'
import { asTeam } from './team-scope.ts'

export type { Invitation } from './store/invitations.ts'

const MAX_INVITATIONS = 5000
const MAX_TICKETS_EACH = 100
// Each time is a mail to an address that somebody typed.
const [TO_ONE, TO_ALL] = [
  { max: 5, seconds: 3600 },
  { max: 2000, seconds: 3600 },
]
const EMAIL = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/

export type NewGuest = {
  email: string
  name?: string | undefined
  /** How many tickets the invitation is good for, in all; left out or null: as many as the ticket types allow. */
  maxTickets?: number | null | undefined
}

/**
 * Invites a person, or invites them again. The mail goes out at once where the event is published, else when it will be.
 * @throws `event_not_private`; `event_not_editable`; `too_many_invitations`; `invalid_input`; `rate_limited`
 */
export async function inviteGuest(app: App, actor: Actor, slug: string, guest: NewGuest): Promise<Invitation> {
  const maxTickets = guest.maxTickets ?? null
  if (maxTickets !== null && !(Number.isInteger(maxTickets) && maxTickets >= 1 && maxTickets <= MAX_TICKETS_EACH))
    throw invalidInput({ pointer: '/body/maxTickets', code: 'out_of_range' })
  const email = guest.email.trim().toLowerCase()
  const wish = app.cipher.mac('rate limit', `${slug} ${email}`).toString('base64url').slice(0, 22)
  await requireRate(app, `guest-mail:${actorLabel(actor)}:${wish}`, TO_ONE)
  await requireRate(app, `guest-mails:${actorLabel(actor)}`, TO_ALL)
  const invitation = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (email.length > 254 || !EMAIL.test(email)) throw invalidInput({ pointer: '/body/email', code: 'email' })
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    if (event.visibility !== 'private') throw eventError('event_not_private')
    if ((await countInvitations(tx, event.id)) >= MAX_INVITATIONS) throw eventError('too_many_invitations', { max: MAX_INVITATIONS })
    const tokenHash = hashToken(tokenFor(app, event.id, email))
    const announcedAt = wasShown(event) ? app.clock.now() : null
    const invited = await upsertInvitation(tx, { eventId: event.id, email, name: guest.name?.trim() ?? '', maxTickets, tokenHash, announcedAt })
    if (announcedAt) await record(tx, actor, guestInvited(event, invited.id))
    return invited
  })
  app.nudge('facts')
  return invitation
}

/** Invites the guests of one event to another, of the same team, with links of their own. They hear of it once that one is published. */
export async function inviteAgain(app: App, tx: Tx, fromEventId: number, toEventId: number): Promise<void> {
  const guests = await selectInvitations(tx, fromEventId, 0, MAX_INVITATIONS)
  await insertInvitations(
    tx,
    guests.map(({ email, name, maxTickets }) => ({
      eventId: toEventId,
      email,
      name,
      maxTickets,
      tokenHash: hashToken(tokenFor(app, toEventId, email)),
    })),
  )
}

/** Withdraws an invitation: its link opens nothing any more. @throws `not_found` */
export async function revokeInvitation(app: App, actor: Actor, slug: string, invitationId: number): Promise<void> {
  await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!(await revokeInvitationRow(tx, event.id, invitationId))) throw kernelError('not_found')
    await record(tx, actor, invitationRevoked(event, invitationId))
  })
}

/** Records `event.invited` for every invitation that was not announced yet, if people can see the event by now. */
export async function announceInvitations(tx: Tx, actor: Actor, event: Event): Promise<void> {
  if (!wasShown(event) || event.visibility !== 'private') return
  const ids = await markAnnounced(tx, event.id)
  await record(tx, actor, ...ids.map((id) => guestInvited(event, id)))
}

/**
 * The secret of an invitation's link, for its mail: `/events/{slug}?invitation={token}`.
 * @throws `not_found` where it was withdrawn
 */
export async function mintInvitationToken(app: App, invitationId: number): Promise<{ token: string; email: string; name: string; eventId: number }> {
  const invitation = await selectInvitation(app.db, invitationId)
  if (!invitation) throw kernelError('not_found')
  const { eventId, email, name } = invitation
  return { token: tokenFor(app, eventId, email), email, name, eventId }
}

// Derived, not drawn: a mail that is sent again carries the same link, and the database holds nothing that would open one.
function tokenFor(app: App, eventId: number, email: string): string {
  return app.cipher.mac('event-invitation', `${eventId} ${email}`).toString('base64url')
}
