// What events announce. `data` holds nothing personal: invitations are named by their id.
import type { Fact } from '#src/platform/facts.ts'
import type { Event, EventStatus } from './event.ts'

type Subject = Pick<Event, 'id' | 'organizerId'>

const about = (event: Subject, kind: string, data?: Record<string, unknown>, subject = `event:${event.id}`): Fact => ({
  kind,
  organizerId: event.organizerId,
  eventId: event.id,
  subject,
  ...(data ? { data } : {}),
})

export const eventCreated = (event: Subject): Fact => about(event, 'event.created')
/** `fields`: the names of the details that changed. Buyers may have to be told of another day or place. */
export const eventChanged = (event: Subject, fields: readonly string[]): Fact => about(event, 'event.changed', { fields })
export const refundPolicyChanged = (event: Subject, policy: { days: number | null; atOnce: boolean }): Fact =>
  about(event, 'event.refund_policy_changed', policy)
/** `bps`: basis points of the face price that buyers pay on top from now on; null: the organizer bears the commission. */
export const feesChanged = (event: Subject, bps: number | null): Fact => about(event, 'event.fees_changed', { bps })
/** `language`: what it is written in; `into`: what it was translated into. */
export const translated = (event: Subject, language: string, into: readonly string[]): Fact => about(event, 'event.translated', { language, into })
export const coverChanged = (event: Subject): Fact => about(event, 'event.cover_changed')
export const eventDeleted = (event: Subject, slug: string): Fact => about(event, 'event.deleted', { slug })

/** `reason`: free text of who did it, told to whom it concerns; null where none was given. */
export type StatusFact =
  | { kind: 'event.published' | 'event.review_requested' | 'event.ended' }
  /** `by`: who took it from the public. Staff says why. */
  | { kind: 'event.unpublished'; by: 'team' | 'staff'; reason: string | null }
  | { kind: 'event.rejected' | 'event.cancelled'; reason: string | null }

export const statusChanged = (event: Subject, from: EventStatus, { kind, ...more }: StatusFact): Fact => about(event, kind, { from, ...more })

/** A personal link must be mailed: build it with `mintInvitationToken(app, invitationId)`. */
export const guestInvited = (event: Subject, invitationId: number): Fact =>
  about(event, 'event.invited', { invitationId }, `invitation:${invitationId}`)
export const invitationRevoked = (event: Subject, invitationId: number): Fact =>
  about(event, 'event.invitation_revoked', { invitationId }, `invitation:${invitationId}`)

/** Categories are the platform's. `into`: where its events went. */
export const categoryFact = (
  what: 'created' | 'renamed' | 'moved' | 'merged' | 'deleted',
  categoryId: number,
  data: Record<string, unknown>,
): Fact => ({
  kind: `category.${what}`,
  subject: `category:${categoryId}`,
  data,
})

export const sessionAdded = (event: Subject, sessionId: number): Fact => about(event, 'event.session_added', undefined, `session:${sessionId}`)
export const sessionRemoved = (event: Subject, sessionId: number): Fact => about(event, 'event.session_removed', undefined, `session:${sessionId}`)
