// Rows that tests need, completed with what they don't say. They go through verbs where the rules matter to the test,
// and straight to the tables where they only set the scene.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { AccountActor, Role, TeamRole } from '#src/kernel/actor.ts'
import { newPublicRef, slugOf } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'

let counter = 0
const next = () => ++counter

/** An account without a password, and the actor it is when signed in. */
export async function buildAccount(app: App, input: { role?: Role; email?: string; name?: string } = {}): Promise<AccountActor> {
  const n = `${next()}-${randomBytes(3).toString('hex')}`
  const account = await app.db
    .insertInto('account')
    .values({
      email: input.email ?? `person-${n}@example.test`,
      name: input.name ?? `Person ${n}`,
      role: input.role ?? 'participant',
      emailVerifiedAt: new Date(),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const session = await app.db
    .insertInto('loginSession')
    .values({ accountId: account.id, kind: 'api', expiresAt: new Date(Date.now() + 86_400_000) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return {
    kind: 'account',
    locale: 'fr',
    ip: null,
    accountId: account.id,
    publicId: account.publicId,
    sessionId: session.id,
    provenAt: app.clock.now(),
    role: account.role as Role,
    email: account.email,
    emailVerified: true,
    memberships: [],
  }
}

export type BuiltOrganizer = { id: number; slug: string; owner: AccountActor }

/** An organizer and its owner. */
export async function buildOrganizer(app: App, input: { name?: string; commissionBps?: number } = {}): Promise<BuiltOrganizer> {
  const name = input.name ?? `Organizer ${next()}`
  const organizer = await app.db
    .insertInto('organizer')
    .values({ name, slug: `${slugOf(name)}-${randomBytes(3).toString('hex')}`, commissionBps: input.commissionBps ?? null })
    .returning(['id', 'slug'])
    .executeTakeFirstOrThrow()
  return { ...organizer, owner: await buildMember(app, organizer.id, 'owner') }
}

/** A new account in an organizer's team, and the actor it is when signed in. */
export async function buildMember(app: App, organizerId: number, role: TeamRole): Promise<AccountActor> {
  const actor = await buildAccount(app, { role: 'organizer' })
  await app.db.insertInto('membership').values({ organizerId, accountId: actor.accountId, role }).execute()
  return { ...actor, memberships: [{ organizerId, role }] }
}

export type BuiltEvent = { id: number; slug: string; publicRef: number; organizer: BuiltOrganizer; startsAt: Date; endsAt: Date }

export type EventInput = {
  organizer?: BuiltOrganizer
  title?: string
  status?: string
  visibility?: string
  startsAt?: Date
  endsAt?: Date
  doorsOpenAt?: Date | null
  capacity?: number
  reentry?: boolean
  askHolderNames?: boolean
  qrFormat?: 'TK1' | 'TH1'
  city?: string
  category?: string
}

/** A published event (tomorrow for four hours unless said otherwise) with its signing key. */
export async function buildEvent(app: App, input: EventInput = {}): Promise<BuiltEvent> {
  const organizer = input.organizer ?? (await buildOrganizer(app))
  const title = input.title ?? `Soirée ${next()}`
  const startsAt = input.startsAt ?? new Date(Date.now() + 86_400_000)
  const category = await app.db
    .selectFrom('category')
    .select('id')
    .where('slug', '=', input.category ?? 'concert')
    .executeTakeFirstOrThrow()
  const event = await app.db
    .insertInto('event')
    .values({
      publicRef: newPublicRef(),
      organizerId: organizer.id,
      slug: `${slugOf(title)}-${randomBytes(4).toString('hex')}`,
      title,
      categoryId: category.id,
      status: input.status ?? 'published',
      visibility: input.visibility ?? 'public',
      startsAt,
      endsAt: input.endsAt ?? new Date(startsAt.getTime() + 4 * 3_600_000),
      doorsOpenAt: input.doorsOpenAt ?? null,
      timezone: 'Africa/Porto-Novo',
      venue: 'Palais des congrès',
      city: input.city ?? 'Cotonou',
      country: 'BJ',
      capacity: input.capacity ?? null,
      reentry: input.reentry ?? false,
      askHolderNames: input.askHolderNames ?? false,
      qrFormat: input.qrFormat ?? 'TK1',
      publishedAt: new Date(),
    })
    .returning(['id', 'slug', 'publicRef', 'startsAt', 'endsAt'])
    .executeTakeFirstOrThrow()
  if (input.capacity) {
    const quotaId = await buildQuota(app, event.id, input.capacity, 'capacity')
    await app.db.updateTable('event').set({ capacityQuotaId: quotaId }).where('id', '=', event.id).execute()
  }
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  await app.db
    .insertInto('eventKey')
    .values({
      eventId: event.id,
      kid: 1,
      status: 'active',
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
      privateKeyEnc: app.cipher.seal('event-key', privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)),
      macKeyEnc: app.cipher.seal('event-key', randomBytes(32)),
    })
    .execute()
  return { ...event, organizer }
}

export async function buildQuota(app: App, eventId: number, size: number, kind: 'own' | 'shared' | 'capacity' = 'own'): Promise<number> {
  const quota = await app.db.insertInto('quota').values({ eventId, name: kind, kind }).returning('id').executeTakeFirstOrThrow()
  await app.db.insertInto('quotaCounter').values({ eventId, quotaId: quota.id, size }).execute()
  return quota.id
}

export type TicketTypeInput = {
  name?: string
  price?: number
  quantity?: number
  quotaId?: number
  minPerOrder?: number
  maxPerOrder?: number
  saleStartsAt?: Date
  saleEndsAt?: Date
  validFrom?: Date
  validTo?: Date
  usageLimit?: number
  usagePeriod?: 'event' | 'day'
  reentry?: boolean
  admitIssued?: boolean
  hidden?: boolean
}

export type BuiltTicketType = { id: number; quotaId: number; ordinal: number; price: number }

/** A ticket type (5,000 F CFA, 100 places unless said otherwise). */
export async function buildTicketType(app: App, event: BuiltEvent, input: TicketTypeInput = {}): Promise<BuiltTicketType> {
  const { quantity = 100, quotaId = await buildQuota(app, event.id, quantity), name = `Type ${next()}`, price = 5000, ...rest } = input
  const { ordinal } = await app.db
    .selectFrom('ticketType')
    .select((eb) => eb.fn.coalesce(eb.fn.max('ordinal'), eb.lit(0)).as('ordinal'))
    .where('eventId', '=', event.id)
    .executeTakeFirstOrThrow()
  return app.db
    .insertInto('ticketType')
    .values({ eventId: event.id, ordinal: Number(ordinal) + 1, name, price, quotaId, ...rest })
    .returning(['id', 'quotaId', 'ordinal', 'price'])
    .executeTakeFirstOrThrow()
}
