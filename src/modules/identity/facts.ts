// What identity announces. `data` names accounts by their id, never by name or address.
import type { Role, TeamRole } from '#src/kernel/actor.ts'
import type { Fact } from '#src/platform/facts.ts'

const subject = (accountId: number) => `account:${accountId}`

export const accountRegistered = (accountId: number, role: Role): Fact => ({
  kind: 'account.registered',
  subject: subject(accountId),
  data: { role },
})

/** A link that proves the address must be mailed: build it with `mintAccountToken(app, accountId, 'verify_email')`. */
export const verificationRequested = (accountId: number): Fact => ({
  kind: 'account.verification_requested',
  subject: subject(accountId),
  data: { accountId },
})

/** A link that sets a new password must be mailed: `mintAccountToken(app, accountId, 'reset_password')`. */
export const passwordResetRequested = (accountId: number): Fact => ({
  kind: 'account.password_reset_requested',
  subject: subject(accountId),
  data: { accountId },
})

export const emailVerified = (accountId: number): Fact => ({ kind: 'account.email_verified', subject: subject(accountId) })
/** Another address waits for its proof: a link goes there (`mintAccountToken(app, accountId, 'change_email')`), and word to the present one. */
export const emailChangeRequested = (accountId: number): Fact => ({
  kind: 'account.email_change_requested',
  subject: subject(accountId),
  data: { accountId },
})
export const emailChanged = (accountId: number): Fact => ({ kind: 'account.email_changed', subject: subject(accountId) })
export const passwordChanged = (accountId: number, by: 'holder' | 'link'): Fact => ({
  kind: 'account.password_changed',
  subject: subject(accountId),
  data: { accountId, by },
})
export const accountUpdated = (accountId: number, fields: string[]): Fact => ({
  kind: 'account.updated',
  subject: subject(accountId),
  data: { fields },
})
export const roleChanged = (accountId: number, from: Role, to: Role): Fact => ({
  kind: 'account.role_changed',
  subject: subject(accountId),
  data: { from, to },
})
export const accountSuspended = (accountId: number, reason: string): Fact => ({
  kind: 'account.suspended',
  subject: subject(accountId),
  data: { reason },
})
/** The holder left; the row stays and says nothing of them. */
export const accountErased = (accountId: number): Fact => ({ kind: 'account.erased', subject: subject(accountId) })
export const accountReinstated = (accountId: number): Fact => ({ kind: 'account.reinstated', subject: subject(accountId) })

/** By staff, on every device. */
export const sessionsEnded = (accountId: number, count: number): Fact => ({
  kind: 'account.sessions_ended',
  subject: subject(accountId),
  data: { count },
})

export const sessionOpened = (accountId: number, sessionId: number, kind: 'web' | 'api'): Fact => ({
  kind: 'session.opened',
  subject: `session:${sessionId}`,
  data: { accountId, kind },
})
export const sessionRevoked = (accountId: number, sessionId: number | string, reason: string): Fact => ({
  kind: 'session.revoked',
  subject: `session:${sessionId}`,
  data: { accountId, reason },
})
/** A refresh token was used twice: somebody else may hold it. The whole family is revoked. */
export const refreshTokenReused = (accountId: number, sessionId: number): Fact => ({
  kind: 'session.refresh_token_reused',
  subject: `session:${sessionId}`,
  data: { accountId },
})

export const organizerCreated = (organizerId: number): Fact => ({ kind: 'organizer.created', organizerId, subject: `organizer:${organizerId}` })

/** `fields`: what changed of how it presents itself. */
export const profileChanged = (organizerId: number, fields: readonly string[]): Fact => ({
  kind: 'organizer.profile_changed',
  organizerId,
  subject: `organizer:${organizerId}`,
  data: { fields },
})

/** Basis points; null: the platform's own rate. It counts for what is paid from now on. */
export const commissionChanged = (organizerId: number, from: number | null, to: number | null): Fact => ({
  kind: 'organizer.commission_changed',
  organizerId,
  subject: `organizer:${organizerId}`,
  data: { from, to },
})
export const salesSuspended = (organizerId: number, reason: string): Fact => ({
  kind: 'organizer.sales_suspended',
  organizerId,
  subject: `organizer:${organizerId}`,
  data: { reason },
})
export const salesResumed = (organizerId: number): Fact => ({ kind: 'organizer.sales_resumed', organizerId, subject: `organizer:${organizerId}` })

/**
 * Somebody was put in a team and must be told. Not `confirmed`: the mail carries a link made with
 * `mintAccountToken(app, accountId, 'join_team')`, and the rights start once it was followed.
 */
export const memberInvited = (organizerId: number, accountId: number, role: TeamRole, confirmed: boolean): Fact => ({
  kind: 'member.invited',
  organizerId,
  subject: subject(accountId),
  data: { accountId, role, confirmed },
})
export const memberJoined = (organizerId: number, accountId: number): Fact => ({
  kind: 'member.joined',
  organizerId,
  subject: subject(accountId),
  data: { accountId },
})
export const memberRoleChanged = (organizerId: number, accountId: number, from: TeamRole, to: TeamRole): Fact => ({
  kind: 'member.role_changed',
  organizerId,
  subject: subject(accountId),
  data: { accountId, from, to },
})
export const memberRemoved = (organizerId: number, accountId: number): Fact => ({
  kind: 'member.removed',
  organizerId,
  subject: subject(accountId),
  data: { accountId },
})
