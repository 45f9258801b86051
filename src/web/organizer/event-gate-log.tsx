// /organizer/events/{slug}/gates/log: what all the doors of an event have seen, and the same as a file.
import type { FastifyInstance } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import { listGates } from '#src/modules/access/find-gates.ts'
import type { Gate } from '#src/modules/access/gate.ts'
import { listScans, type LoggedScan } from '#src/modules/access/find-scans.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'
import { openScansExport, scansCsv } from '#src/reads/scans-export.ts'
import { readLogFilter, ScanLog } from '../gate/scan-log.tsx'
import { LinkButton } from '../ui/components.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

export async function eventGateLogPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/gates/log', async (request, reply) => {
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const gates = await listGates(app, request.actor, event.slug)
    const gateId = gates.find((gate) => String(gate.id) === query.text('gate'))?.id
    const scans = await listScans(app, request.actor, event.slug, { ...readLogFilter(query), gateId })
    return sendPage(reply, <EventGateLog page={page} event={event} gates={gates} scans={scans} form={query.state()} />)
  })

  server.get<SlugRequest>('/organizer/events/:slug/gates/log.csv', async (request, reply) => {
    const opened = await openScansExport(app, request.actor, request.params.slug)
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="scans-${opened.slug}.csv"`)
      .type('text/csv; charset=utf-8')
      .send(scansCsv(opened))
  })
}

type LogProps = { page: PageContext; event: Event; gates: Gate[]; scans: Page<LoggedScan>; form: FormState }

function EventGateLog({ page, event, gates, scans, form }: LogProps) {
  const t = page.t.gate
  return (
    <EventFrame page={page} event={event} title={t.logTitle} under={[eventPath(event, 'gates'), page.t.organizer.gates]}>
      <p class="lead">{t.logHint}</p>
      <ScanLog page={page} timezone={event.timezone} scans={scans} form={form} gates={gates} holders />
      {scans.data.length > 0 && (
        <div class="actions">
          <LinkButton kind="secondary" download href={eventPath(event, 'gates', 'log.csv')}>
            {page.t.organizer.csv}
          </LinkButton>
        </div>
      )}
    </EventFrame>
  )
}
