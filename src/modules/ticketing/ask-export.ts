// askExport: a list too long to wait for becomes a file that a job writes.
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { insertErrand } from '#src/platform/errands.ts'
import { record } from '#src/platform/facts.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { requireRate } from '#src/platform/rate-limit.ts'

/** Which list comes in which formats. */
export const EXPORT_FORMATS = { participants: ['csv', 'xlsx', 'pdf'], orders: ['csv', 'xlsx'], scans: ['csv'] } as const satisfies Record<
  string,
  readonly string[]
>
export type ExportList = keyof typeof EXPORT_FORMATS
export type ExportFormat = (typeof EXPORT_FORMATS)[ExportList][number]

/** Rows that are written while somebody waits. */
export const ROWS_AT_ONCE = 5000

export type AskExport = {
  eventSlug: string
  /** An `ExportList` and one of its formats, as they were asked for. */
  list: string
  format: string
  /** How many rows it will be, about. */
  rows: number
  /** As the list's address says it: what the job reads again. */
  query: string
}

// Each is a copy of a list that is kept for a week.
const EXPORTS = { max: 30, seconds: 3600 }

/** @returns the errand's id. @throws rate_limited, invalid_input, not_found, forbidden (to all but owners and managers: files of others' work are theirs) */
export async function askExport(app: App, actor: Actor, input: AskExport): Promise<string> {
  const { accountId } = requireAccount(actor)
  await requireRate(app, `export:${accountId}`, EXPORTS)
  const id = uuidv7()
  await asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, input.eventSlug)
    const { list, format, query, rows } = input
    if (!Object.hasOwn(EXPORT_FORMATS, list) || !(EXPORT_FORMATS[list as ExportList] as readonly string[]).includes(format)) throw invalidInput()
    await insertErrand(tx, {
      id,
      organizerId: event.organizerId,
      eventId: event.id,
      kind: 'export',
      accountId,
      locale: actor.locale,
      input: { slug: event.slug, list, format, query },
      step: 'export',
      total: rows,
    })
    await record(tx, actor, {
      kind: 'export.asked',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `errand:${id}`,
      data: { list, format },
    })
    await enqueue(tx, 'write-export', { errandId: id }, { key: `write-export:${id}` })
  })
  return id
}
