// One event of the demo world with what belongs to it: quotas, ticket types, programme, gates, agents, guests.
import { randomUUID } from 'node:crypto'
import type { AccountActor } from '#src/kernel/actor.ts'
import { fromLocalTime, toLocalTime } from '#src/kernel/zone.ts'
import { assignAgent } from '#src/modules/access/assign-agent.ts'
import { createGate } from '#src/modules/access/create-gate.ts'
import type { Gate } from '#src/modules/access/gate.ts'
import { changeFees } from '#src/modules/events/change-fees.ts'
import { changeRefundPolicy } from '#src/modules/events/change-refund-policy.ts'
import { addSession } from '#src/modules/events/change-sessions.ts'
import { storeImage } from '#src/modules/events/cover-image.ts'
import { createEvent } from '#src/modules/events/create-event.ts'
import type { Event } from '#src/modules/events/event.ts'
import { inviteGuest } from '#src/modules/events/invite-guest.ts'
import { publishEvent } from '#src/modules/events/publish-event.ts'
import { createTicketType } from '#src/modules/ticketing/create-ticket-type.ts'
import { createQuota } from '#src/modules/ticketing/resize-quota.ts'
import { translateEvent } from '#src/modules/ticketing/translate-event.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { createSettingsMemory } from '#src/platform/settings.ts'
import { drawCover } from './cover.ts'
import type { DemoEvent } from './events.ts'
import { ORGANIZERS } from './people.ts'

export type BuiltDemoEvent = {
  definition: DemoEvent
  owner: AccountActor
  event: Event
  types: TicketType[]
  gates: Gate[]
  /** When it really takes place: a past event is made as one that runs now, and moved once everybody has been there. */
  startsAt: Date
  endsAt: Date
}

const ZONES = { BJ: 'Africa/Porto-Novo', TG: 'Africa/Lome', CI: 'Africa/Abidjan' } as const
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Makes the event as its owner would. */
export async function buildDemoEvent(app: App, owner: AccountActor, definition: DemoEvent, now: Date): Promise<BuiltDemoEvent> {
  const country = ORGANIZERS[definition.organizer].country as keyof typeof ZONES
  const { startsAt, endsAt } = timesOf(definition, ZONES[country], now)
  const isPast = endsAt < now
  const begins = isPast ? new Date(now.getTime() - HOUR) : startsAt
  const ends = isPast ? new Date(begins.getTime() + (endsAt.getTime() - startsAt.getTime())) : endsAt
  const { title, description, category, venue, address, city, visibility, dressCode, reentry, askHolderNames, qrFormat, paymentUrl, capacity } =
    definition
  const draft = await createEvent(app, owner, {
    title,
    description,
    category,
    venue,
    address,
    city,
    country,
    timezone: ZONES[country],
    latitude: definition.at[0],
    longitude: definition.at[1],
    startsAt: begins,
    endsAt: ends,
    doorsOpenAt: definition.doors ? new Date(begins.getTime() - definition.doors * 60_000) : null,
    visibility: visibility ?? 'public',
    dressCode: dressCode ?? null,
    reentry: reentry ?? false,
    askHolderNames: askHolderNames ?? false,
    qrFormat: qrFormat ?? 'TK1',
    paymentUrl: paymentUrl ?? null,
    capacity: capacity ?? null,
  })
  const { slug } = draft
  const types = await makeTypes(app, owner, slug, definition, now)
  if (definition.refunds) await changeRefundPolicy(app, owner, slug, definition.refunds)
  if (definition.feesPassedOn) await changeFees(app, owner, slug, { passedOn: true })
  if (definition.english) await translate(app, owner, slug, definition.english, types)
  for (const { after, minutes, ...session } of definition.sessions ?? []) {
    const from = new Date(begins.getTime() + after * 60_000)
    await addSession(app, owner, slug, { ...session, startsAt: from, endsAt: new Date(from.getTime() + minutes * 60_000) })
  }
  const gates = await makeGates(app, owner, slug, definition)
  const event =
    definition.becomes === 'draft' ? draft : await publishEvent(definition.becomes === 'pending_review' ? underReview(app) : app, owner, slug)
  for (const guest of definition.guests ?? []) await inviteGuest(app, owner, slug, guest)
  return { definition, owner, event, types, gates, startsAt, endsAt }
}

/** The same App on a platform that reviews events. */
const underReview = (app: App): App =>
  // With a memory of its own, which doesn't know yet that this platform reviews nothing.
  Object.create(app, { config: { value: { ...app.config, reviewEvents: true } }, settingsMemory: { value: createSettingsMemory() } }) as App

function timesOf({ when }: DemoEvent, zone: string, now: Date): { startsAt: Date; endsAt: Date } {
  const startsAt =
    'running' in when
      ? new Date(Math.floor((now.getTime() - when.running * 60_000) / (HOUR / 2)) * (HOUR / 2))
      : fromLocalTime(`${toLocalTime(new Date(now.getTime() + when.day * DAY), zone).slice(0, 10)}T${when.from}`, zone)!
  return { startsAt, endsAt: new Date(startsAt.getTime() + when.hours * HOUR) }
}

async function makeTypes(app: App, owner: AccountActor, slug: string, { types, quotas = [] }: DemoEvent, now: Date): Promise<TicketType[]> {
  const shared = new Map<string, number>()
  for (const quota of quotas) shared.set(quota.name, (await createQuota(app, owner, slug, quota)).id)
  const made: TicketType[] = []
  for (const [position, { price, shares, quantity, saleStartsIn, saleEndsIn, ...details }] of types.entries()) {
    const inDays = (days: number | undefined) => (days === undefined ? null : new Date(now.getTime() + days * DAY))
    const { type } = await createTicketType(app, owner, slug, {
      ...details,
      position,
      price: { amount: price, currency: 'XOF' },
      ...(shares ? { quotaId: shared.get(shares)! } : { quantity: quantity! }),
      saleStartsAt: inDays(saleStartsIn),
      saleEndsAt: inDays(saleEndsIn),
    })
    made.push(type)
  }
  return made
}

async function translate(
  app: App,
  owner: AccountActor,
  slug: string,
  english: NonNullable<DemoEvent['english']>,
  types: TicketType[],
): Promise<void> {
  const { title, description, names } = english
  await translateEvent(app, owner, slug, {
    language: 'fr',
    translations: { en: { title, description } },
    types: types.map(({ id, name }) => ({ id, translations: { en: { name: names[name] ?? '', description: '' } } })),
  })
}

async function makeGates(app: App, owner: AccountActor, slug: string, definition: DemoEvent): Promise<Gate[]> {
  const made: Gate[] = []
  for (const { name, directions = 'both', agents = [] } of definition.gates ?? []) {
    const gate = await createGate(app, owner, slug, { name, directions })
    for (const email of agents) await assignAgent(app, owner, gate.id, { email })
    made.push(gate)
  }
  return made
}

/** Draws the event's cloth and hangs it up. */
export async function wearCover(app: App, { definition, event, owner }: BuiltDemoEvent): Promise<void> {
  const image = await drawCover(...definition.cover)
  const id = randomUUID()
  await storeImage(app, id, image)
  const widths = [...new Set(image.variants.map((variant) => variant.width))]
  await app.db
    .insertInto('storedFile')
    .values({
      id,
      organizerId: owner.memberships[0]!.organizerId,
      kind: 'cover',
      width: image.width,
      height: image.height,
      variants: JSON.stringify(widths),
    })
    .execute()
  await app.db.updateTable('event').set({ coverId: id }).where('id', '=', event.id).execute()
}
