// From what a team types to what an event keeps: trimmed, completed, checked.
import { invalidInput } from '#src/kernel/domain-error.ts'
import { isTimeZone } from '#src/kernel/zone.ts'
import type { Db } from '#src/platform/db.ts'
import { problemsOf, type Event, type EventDetails } from './event.ts'
import { isZoneOfDatabase } from './store/events.ts'

type Required = Pick<EventDetails, 'title' | 'category' | 'startsAt' | 'endsAt' | 'timezone'>

/** Tidies the input and fills in what it leaves out. Keys that are no details are dropped. */
export function detailsOf(input: Required & Partial<EventDetails>): EventDetails {
  return {
    title: oneLine(input.title),
    description: (input.description ?? '').trim(),
    category: input.category,
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    doorsOpenAt: input.doorsOpenAt ?? null,
    timezone: input.timezone,
    venue: oneLine(input.venue ?? ''),
    address: oneLine(input.address ?? ''),
    city: oneLine(input.city ?? ''),
    country: (input.country ?? 'BJ').toUpperCase(),
    latitude: input.latitude ?? null,
    longitude: input.longitude ?? null,
    capacity: input.capacity ?? null,
    visibility: input.visibility ?? 'public',
    dressCode: oneLine(input.dressCode ?? '') || null,
    reentry: input.reentry ?? false,
    askHolderNames: input.askHolderNames ?? false,
    remindHolders: input.remindHolders ?? true,
    paymentUrl: input.paymentUrl?.trim() || null,
    qrFormat: input.qrFormat ?? 'TK1',
  }
}

/** The event's details with `changes` put over them; what a change leaves out stays. */
export function changedDetails(event: Event, changes: Partial<EventDetails>): EventDetails {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  return detailsOf({ ...event, ...given })
}

/** @throws `invalid_input` naming every field to correct */
export function requireValid(details: EventDetails): void {
  const problems = problemsOf(details)
  if (problems.length > 0) throw invalidInput(...problems)
}

/**
 * Lists compute with the zone in SQL, for all events at once: one that only this process knows would break them all.
 * @throws `invalid_input`
 */
export async function requireZone(db: Db, zone: string): Promise<void> {
  if (!isTimeZone(zone) || !(await isZoneOfDatabase(db, zone))) throw invalidInput({ pointer: '/body/timezone', code: 'unknown_time_zone' })
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
