// An organizer's new event with no more than what it is: the first step of creating it. The rest holds defaults until somebody confirms them.
import type { Actor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { fromLocalTime, toLocalTime } from '#src/kernel/zone.ts'
import type { App } from '#src/platform/app.ts'
import { chooseOrganizer, createEventIn } from './create-event.ts'
import { DRAFT_PARTS, type Event, type EventDetails } from './event.ts'
import { detailsOf, requireValid } from './event-details.ts'
import { lockBeginnings, selectTwinDraft } from './store/events.ts'
import { asTeam } from './team-scope.ts'

/** How long an event lasts where nobody says otherwise, in milliseconds. */
export const USUAL_LENGTH_MS = 4 * 3_600_000

const DAY_MS = 86_400_000
// Time to tell people about it.
const AHEAD_DAYS = 14
const SATURDAY = 6
// A button pressed twice on a slow network is one wish.
const TWICE_SECONDS = 60

/** @param organizer a slug, needed only by who works for several */
export type FirstWords = Pick<EventDetails, 'title' | 'category' | 'visibility'> & { organizer?: string | undefined }

/**
 * Makes a draft of which only title, category and visibility were said. It stands on a Saturday evening that leaves time to sell, in the
 * organizer's country, and isn't published before somebody has said when it takes place. The same words again within a minute are the same draft.
 * @throws `invalid_input`; `organizer_required`, `organizer_ambiguous` as for `createEvent`
 */
export async function beginEvent(app: App, actor: Actor, input: FirstWords): Promise<Event> {
  if (actor.kind === 'visitor') throw kernelError('unauthenticated')
  const organizer = await chooseOrganizer(app, actor, input.organizer)
  const timezone = ZONE_OF[organizer.country] ?? 'Africa/Porto-Novo'
  const startsAt = usualStart(app.clock.now(), timezone)
  const { title, category, visibility } = input
  const endsAt = new Date(startsAt.getTime() + USUAL_LENGTH_MS)
  const details = detailsOf({ title, category, visibility, startsAt, endsAt, timezone, country: organizer.country })
  requireValid(details)
  return asTeam(app, actor, async (tx) => {
    await lockBeginnings(tx, organizer.id)
    const twin = await selectTwinDraft(tx, organizer.id, details, secondsAfter(app.clock.now(), -TWICE_SECONDS))
    return twin ?? createEventIn(app, tx, actor, organizer, details, [...DRAFT_PARTS])
  })
}

/** Eight in the evening of the first Saturday that is at least two weeks away. */
function usualStart(now: Date, zone: string): Date {
  const earliest = new Date(`${toLocalTime(new Date(now.getTime() + AHEAD_DAYS * DAY_MS), zone).slice(0, 10)}T00:00:00Z`)
  const saturday = new Date(earliest.getTime() + ((SATURDAY - earliest.getUTCDay() + 7) % 7) * DAY_MS)
  return fromLocalTime(`${saturday.toISOString().slice(0, 10)}T20:00`, zone)!
}

// The zone in which most people of a country live.
const ZONE_OF: Readonly<Record<string, string>> = {
  BJ: 'Africa/Porto-Novo',
  TG: 'Africa/Lome',
  CI: 'Africa/Abidjan',
  SN: 'Africa/Dakar',
  BF: 'Africa/Ouagadougou',
  ML: 'Africa/Bamako',
  NE: 'Africa/Niamey',
  GN: 'Africa/Conakry',
  GW: 'Africa/Bissau',
  GH: 'Africa/Accra',
  NG: 'Africa/Lagos',
  CM: 'Africa/Douala',
  CF: 'Africa/Bangui',
  CG: 'Africa/Brazzaville',
  GA: 'Africa/Libreville',
  GQ: 'Africa/Malabo',
  TD: 'Africa/Ndjamena',
  TN: 'Africa/Tunis',
  US: 'America/New_York',
  FR: 'Europe/Paris',
  BE: 'Europe/Brussels',
  DE: 'Europe/Berlin',
  ES: 'Europe/Madrid',
  IT: 'Europe/Rome',
  PT: 'Europe/Lisbon',
  LU: 'Europe/Luxembourg',
  NL: 'Europe/Amsterdam',
}
