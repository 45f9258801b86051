// Whoever asks. Each door turns its own credentials into an actor; beyond the door only the actor travels.

export type Role = 'participant' | 'organizer' | 'admin' | 'superadmin'
export type TeamRole = 'owner' | 'manager' | 'cashier' | 'agent'
/** The languages that we speak, each with its catalog; src/locales/catalogs.ts says which. */
export interface Languages {}
/** `fr` */
export type Locale = keyof Languages

export type Membership = { organizerId: number; role: TeamRole }

/** Somebody without credentials. */
export type Visitor = { kind: 'visitor'; locale: Locale; ip: string | null }
/** Somebody signed in, as of this very request: memberships are read anew each time. */
export type AccountActor = {
  kind: 'account'
  locale: Locale
  ip: string | null
  accountId: number
  publicId: string
  sessionId: number
  /** When the holder last proved to know the password, or to read the account's mail. */
  provenAt: Date
  role: Role
  email: string
  emailVerified: boolean
  memberships: readonly Membership[]
}
/** The holder of one order's access token. */
export type OrderHolder = { kind: 'order'; locale: Locale; ip: string | null; orderCode: string }
/** The software itself: jobs, subscribers, the command line. */
export type SystemActor = { kind: 'system'; name: string; locale: Locale }

export type Actor = Visitor | AccountActor | OrderHolder | SystemActor

export function systemActor(name: string): SystemActor {
  return { kind: 'system', name, locale: 'fr' }
}

/** The actor as a fact remembers it: `account:7`, `system:expire-orders`, `visitor`. Never a name or an address. */
export function actorLabel(actor: Actor): string {
  switch (actor.kind) {
    case 'account':
      return `account:${actor.accountId}`
    case 'order':
      return `order:${actor.orderCode}`
    case 'system':
      return `system:${actor.name}`
    case 'visitor':
      return 'visitor'
  }
}

/** For so long nobody is asked again, in seconds. */
export const PROOF_SECONDS = 600

/** True while the holder has proven lately to be the one who sits there: a phone left on a table must not be enough for what weighs most. */
export function hasRecentProof(actor: Actor, now: Date): boolean {
  return actor.kind === 'system' || (actor.kind === 'account' && now.getTime() - actor.provenAt.getTime() < PROOF_SECONDS * 1000)
}

export function isSuperadmin(actor: Actor): boolean {
  return actor.kind === 'system' || (actor.kind === 'account' && actor.role === 'superadmin')
}

export function isStaff(actor: Actor): boolean {
  return actor.kind === 'system' || (actor.kind === 'account' && (actor.role === 'admin' || actor.role === 'superadmin'))
}

/** True for the roles that decide for an organizer. */
export function leads({ role }: { role: TeamRole }): boolean {
  return role === 'owner' || role === 'manager'
}

/** True where the actor works for the organizer in one of `roles` (owners and managers may do what cashiers and agents do). */
export function worksFor(actor: Actor, organizerId: number, ...roles: TeamRole[]): boolean {
  return actor.kind === 'account' && actor.memberships.some((m) => m.organizerId === organizerId && roles.includes(m.role))
}
