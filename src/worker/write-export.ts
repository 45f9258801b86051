// The job behind a large export: the same streams as a small one, written into parts, with how far it is.
import type { Readable } from 'node:stream'
import { systemActor, type Actor } from '#src/kernel/actor.ts'
import { DomainError } from '#src/kernel/domain-error.ts'
import { messages } from '#src/locales/locale.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import type { ExportFormat, ExportList } from '#src/modules/ticketing/ask-export.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { advanceErrand, appendPart, beginDrawing, endErrand, stillDrawing, type Errand } from '#src/platform/errands.ts'
import type { JobHandlers } from '#src/platform/jobs.ts'
import { readOrderFilter, readParticipantFilter } from '#src/reads/list-queries.ts'
import { openOrdersExport, ordersCsv, ordersXlsx } from '#src/reads/orders-export.ts'
import { openParticipantsExport, participantsCsv, participantsXlsx } from '#src/reads/participants-export.ts'
import { participantsPdf } from '#src/reads/participants-pdf.ts'
import { openScansExport, scansCsv } from '#src/reads/scans-export.ts'

export const exportJobs: JobHandlers = {
  'write-export': (app, payload: { errandId: string }) => writeExport(app, payload.errandId),
}

const PART_BYTES = 1 << 20
const ROWS_PER_NOTE = 500

/** Begins anew after a crash: a list has no middle to go on from. Who asked was authorized then; the job reads as the system. */
export async function writeExport(app: App, errandId: string): Promise<void> {
  const begun = await beginDrawing(app, errandId, 'export')
  if (!begun) return
  try {
    await write(app, begun.errand, begun.run)
  } catch (error) {
    // What will not get better by itself is said; everything else is tried again.
    if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error
    await transact(app, async (tx) => {
      // Somebody who stopped it meanwhile, or a run that took over, has the last word.
      if (await stillDrawing(tx, errandId, begun.run)) await endErrand(tx, errandId, 'failed', app.clock.now(), error.code)
    })
  }
}

async function write(app: App, errand: Errand, run: string): Promise<void> {
  const { list, format } = errand.input as { list: ExportList; format: ExportFormat }
  const file = `${messages(errand.locale).errands.exportKinds[list].toLowerCase()}.${format}`
  let rows = 0
  let noted = 0
  const stream = await openStream(app, errand, (count) => (rows += count))
  let chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
    bytes += (chunk as Buffer).length
    if (bytes < PART_BYTES && rows - noted < ROWS_PER_NOTE) continue
    if (!(await keep(app, errand, run, file, bytes < PART_BYTES ? null : Buffer.concat(chunks), rows))) return
    noted = rows
    if (bytes >= PART_BYTES) [chunks, bytes] = [[], 0]
  }
  await keep(app, errand, run, file, Buffer.concat(chunks), rows, true)
}

async function openStream(app: App, errand: Errand, count: (rows: number) => void): Promise<Readable> {
  const actor: Actor = { ...systemActor('write-export'), locale: errand.locale }
  const { slug, list, format, query } = errand.input as { slug: string; list: ExportList; format: ExportFormat; query: string }
  const asked = new URLSearchParams(query)
  switch (list) {
    case 'participants': {
      const opened = await openParticipantsExport(app, actor, slug, { filter: readParticipantFilter(asked) })
      const counted = { ...opened, pages: counting(opened.pages, count) }
      return format === 'csv' ? participantsCsv(counted) : format === 'xlsx' ? participantsXlsx(counted) : participantsPdf(counted)
    }
    case 'orders': {
      const { timezone } = await getTeamEvent(app, actor, slug)
      const opened = await openOrdersExport(app, actor, slug, readOrderFilter(asked, timezone))
      const counted = { ...opened, pages: counting(opened.pages, count) }
      return format === 'csv' ? ordersCsv(counted) : ordersXlsx(counted)
    }
    case 'scans': {
      const opened = await openScansExport(app, actor, slug)
      return scansCsv({ ...opened, pages: counting(opened.pages, count) })
    }
  }
}

async function* counting<Row>(pages: AsyncIterable<Row[]>, count: (rows: number) => void): AsyncGenerator<Row[]> {
  for await (const page of pages) {
    count(page.length)
    yield page
  }
}

/** @returns false where somebody stopped it, or took over */
function keep(app: App, errand: Errand, run: string, file: string, bytes: Buffer | null, rows: number, last = false): Promise<boolean> {
  return transact(app, async (tx) => {
    const now = await stillDrawing(tx, errand.id, run)
    if (!now) return false
    if (bytes && bytes.length > 0) await appendPart(app, tx, errand, file, bytes)
    await advanceErrand(tx, errand.id, { done: rows, total: last ? rows : Math.max(now.total, rows) })
    if (last) await endErrand(tx, errand.id, 'done', app.clock.now())
    return true
  })
}
