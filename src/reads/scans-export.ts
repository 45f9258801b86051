// The log of an event's doors as CSV, streamed page by page: every ticket that was shown, when, where, by whom it was judged, and what came of it.
import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { Actor, Locale } from '#src/kernel/actor.ts'
import { MAX_PAGE } from '#src/kernel/page.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { messages } from '#src/locales/locale.ts'
import { listScans, type LoggedScan } from '#src/modules/access/find-scans.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'

export type ScansExport = { slug: string; timezone: string; locale: Locale; pages: AsyncIterable<LoggedScan[]> }

/**
 * Opens an export, newest first: refuses now, reads while it is streamed.
 * @throws `not_found`; `forbidden` to cashiers and agents
 */
export async function openScansExport(app: App, actor: Actor, slug: string): Promise<ScansExport> {
  const { timezone } = await getTeamEvent(app, actor, slug)
  async function* pages(): AsyncGenerator<LoggedScan[]> {
    let cursor: string | undefined
    do {
      const page = await listScans(app, actor, slug, { cursor, limit: MAX_PAGE })
      if (page.data.length > 0) yield page.data
      cursor = page.nextCursor ?? undefined
    } while (cursor)
  }
  return { slug, timezone, locale: actor.locale, pages: pages() }
}

/** As the list of participants: UTF-8 with a byte order mark, RFC 4180, nothing that a spreadsheet would take for a formula. Times are the event's. */
export function scansCsv(opened: ScansExport): Readable {
  const t = messages(opened.locale).gate
  const { at, gate, result, code, direction, type, holder, agent, method } = t.columns
  const out = stringify({
    bom: true,
    header: true,
    columns: [at, gate, direction, result, code, type, holder, agent, method],
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    escape_formulas: true,
  })
  return pipeline(Readable.from(rows(opened)), out, () => {})
}

async function* rows({ pages, timezone, locale }: ScansExport): AsyncGenerator<string[]> {
  const t = messages(locale).gate
  for await (const page of pages)
    for (const scan of page)
      yield [
        localSeconds(scan.at, timezone),
        scan.gateName,
        scan.direction ? t.directions[scan.direction] : '',
        t.codes[scan.code][0] ?? scan.code,
        scan.code,
        scan.ticketType ?? '',
        scan.holderName ?? '',
        scan.agentName ?? '',
        t.methods[scan.method],
      ]
}

/** `2026-11-21 20:00:07`: two scans of one minute are told apart. Zones differ by whole minutes. */
function localSeconds(at: Date, timezone: string): string {
  return `${toLocalTime(at, timezone).replace('T', ' ')}:${String(at.getUTCSeconds()).padStart(2, '0')}`
}
