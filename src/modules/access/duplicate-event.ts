// The same evening again, on another day, with what is worth keeping of it. It stands here since access knows everything that is copied.
import { copyCover, dropCover } from '#src/modules/events/change-cover.ts'
import { copyEventIn, type Shift } from '#src/modules/events/copy-event.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent, loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { copyTicketTypesIn } from '#src/modules/ticketing/copy-ticket-types.ts'
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { gateCreated } from './facts.ts'
import { insertGate, insertGateChange, selectGate, selectGates } from './store/gates.ts'

/** What a copy may take along besides the event's own details and settings. Ticket types come with their quotas. */
export const COPY_PARTS = ['tickets', 'programme', 'cover', 'gates', 'guests'] as const
export type CopyPart = (typeof COPY_PARTS)[number]

/** @param parts everything, where left out */
export type CopyWishes = { startsAt: Date; title?: string; parts?: readonly CopyPart[] }

/**
 * Makes a draft like the event, starting at `startsAt`; whatever else has a time (end, doors, programme, sales, validity, gates) moves by as much.
 * Orders and shifts at the gates are not copied; guests are told once the copy is published.
 * @returns the draft
 * @throws `invalid_input`; `not_found`, `forbidden` as for the event
 */
export async function duplicateEvent(app: App, actor: Actor, slug: string, wishes: CopyWishes): Promise<Event> {
  const takes = new Set<CopyPart>(wishes.parts ?? COPY_PARTS)
  // Files follow no transaction: copied before, removed where it comes to nothing.
  const cover = takes.has('cover') ? await copyCover(app, (await getTeamEvent(app, actor, slug)).cover) : null
  try {
    return await asTeam(app, actor, async (tx) => {
      const source = await loadTeamEvent(tx, actor, slug)
      const by = wishes.startsAt.getTime() - source.startsAt.getTime()
      const shift: Shift = (date) => date && new Date(date.getTime() + by)
      const guests = takes.has('guests') && source.visibility === 'private'
      const copy = await copyEventIn(app, tx, actor, source, {
        title: wishes.title ?? source.title,
        shift,
        programme: takes.has('programme'),
        guests,
        cover,
      })
      const types = takes.has('tickets') ? await copyTicketTypesIn(app, tx, actor, { from: source, to: copy }, shift) : new Map<number, number>()
      if (takes.has('gates')) await copyGates(tx, actor, source, copy, types, shift)
      return copy
    })
  } catch (error) {
    await dropCover(app, cover)
    throw error
  }
}

/** A gate that takes some types only takes their copies; without them it takes every type, and its team decides anew. */
async function copyGates(tx: Tx, actor: Actor, source: Event, copy: Event, types: ReadonlyMap<number, number>, shift: Shift): Promise<void> {
  for (const { id: _, eventId: __, organizerId: ___, ticketTypeIds, openFrom, openTo, ...rules } of await selectGates(tx, source.id)) {
    const id = await insertGate(tx, copy.id, {
      ...rules,
      openFrom: shift(openFrom),
      openTo: shift(openTo),
      ticketTypeIds: ticketTypeIds.flatMap((type) => types.get(type) ?? []),
    })
    await insertGateChange(tx, copy.id, id)
    await record(tx, actor, gateCreated((await selectGate(tx, id))!))
  }
}
