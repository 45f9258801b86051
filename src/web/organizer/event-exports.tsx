// /organizer/events/{slug}/exports: lists as files: short ones at once, long ones written by a job.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Readable } from 'node:stream'
import type { Event } from '#src/modules/events/event.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { askExport, ROWS_AT_ONCE, type ExportFormat, type ExportList } from '#src/modules/ticketing/ask-export.ts'
import type { App } from '#src/platform/app.ts'
import { LinkButton, PostButton } from '../ui/components.tsx'
import { readForm } from '../ui/form.ts'
import { pageOf, type PageContext } from '../ui/page.ts'
import { errandPath } from './event-errand.tsx'
import { eventPath } from './event-frame.tsx'

const TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
}

export async function eventExportPages(server: FastifyInstance, app: App): Promise<void> {
  server.post<{ Params: { slug: string } }>('/organizer/events/:slug/exports', async (request, reply) => {
    const form = readForm(pageOf(request), request.body)
    const id = await askExport(app, request.actor, {
      eventSlug: request.params.slug,
      list: form.text('list'),
      format: form.text('format'),
      rows: form.integer('rows', { max: 10_000_000 }) ?? 0,
      query: form.text('query').slice(0, 1000),
    })
    return reply.redirect(errandPath(request.params, id), 303)
  })
}

export function sendExport(reply: FastifyReply, file: Readable, format: ExportFormat, name: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .type(TYPES[format])
    .send(file)
}

type ExportActionsProps = {
  page: PageContext
  event: Event
  list: ExportList
  formats: readonly ExportFormat[]
  /** That match the filters. */ rows: number
}

/** The list as it is filtered, as files. */
export function ExportActions({ page, event, list, formats, rows }: ExportActionsProps) {
  const t = page.t.organizer
  const query = new URLSearchParams(page.query)
  query.delete('cursor')
  query.delete('sort')
  const asked = query.size > 0 ? `?${query}` : ''
  // Files of long work are for who leads; whoever else may have the list waits for it.
  const later = rows > ROWS_AT_ONCE && mayAct(page.actor, event)
  return (
    <div class="stack stack--tight">
      {later && <p class="hint">{page.t.errands.large(rows)}</p>}
      <div class="actions">
        {formats.map((format) =>
          later ? (
            <PostButton key={format} action={eventPath(event, 'exports')} fields={{ list, format, rows: String(rows), query: query.toString() }}>
              {t[format]}
            </PostButton>
          ) : (
            <LinkButton key={format} kind="secondary" download href={`${eventPath(event, `${list}.${format}`)}${asked}`}>
              {t[format]}
            </LinkButton>
          ),
        )}
      </div>
    </div>
  )
}
