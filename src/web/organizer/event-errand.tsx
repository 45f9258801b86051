// /organizer/events/{slug}/errands/{id}: long work, watched while it goes on; what came of it, to fetch.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { getEventErrand } from '#src/modules/ticketing/find-issues.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { activateTickets, reprintIssue, stopIssue } from '#src/modules/ticketing/issue-tickets.ts'
import type { App } from '#src/platform/app.ts'
import { FILE_DAYS, isUnderWay, listErrandFiles, readErrandFile, stopErrand, type Errand, type ErrandFile } from '#src/platform/errands.ts'
import { asset } from '../ui/assets.ts'
import { Facts, LinkButton, Notice, PostButton } from '../ui/components.tsx'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type ErrandRequest = { Params: { slug: string; id: string } }
type Request = FastifyRequest<ErrandRequest>

const PATH = '/organizer/events/:slug/errands/:id'

const TYPES: Record<string, string> = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}
/** What is printed comes first. */
const ORDER = ['pdf', 'xlsx', 'csv']
const typeOf = (file: string) => file.slice(file.lastIndexOf('.') + 1)

export function errandPath(event: { slug: string }, id: string, ...rest: string[]): string {
  return eventPath(event, 'errands', id, ...rest)
}

export async function eventErrandPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ErrandRequest>(PATH, async (request, reply) => {
    const { slug, id } = request.params
    const event = await getTeamEvent(app, request.actor, slug)
    const { errand, counts } = await getEventErrand(app, request.actor, slug, id)
    const types = await listTicketTypes(app, event.id, { hidden: true })
    const typeName = types.find((type) => type.id === errand.input.ticketTypeId)?.name ?? ''
    const files = errand.state === 'done' ? await listErrandFiles(app.db, errand.id) : []
    return sendPage(reply, <OneErrand page={pageOf(request)} event={event} errand={errand} typeName={typeName} counts={counts} files={files} />)
  })

  // What may be done to tickets is the issue's; any other work is simply stopped.
  post('stop', async ({ errand }, { actor, params }) =>
    errand.kind === 'tickets' ? stopIssue(app, actor, params.slug, errand.id) : stopErrand(app, errand.id),
  )
  post('print', ({ errand }, { actor, params }) => reprintIssue(app, actor, params.slug, errand.id))
  post('activate', async ({ errand }, { actor, params }) => {
    await activateTickets(app, actor, params.slug, { issueId: errand.id })
  })

  function post(action: string, work: (found: { errand: Errand }, request: Request) => Promise<void>) {
    server.post<ErrandRequest>(`${PATH}/${action}`, async (request, reply) => {
      await work(await getEventErrand(app, request.actor, request.params.slug, request.params.id), request)
      return reply.redirect(errandPath(request.params, request.params.id), 303)
    })
  }

  server.get<{ Params: { slug: string; id: string; file: string } }>(`${PATH}/files/:file`, async (request, reply): Promise<FastifyReply> => {
    const { slug, id, file } = request.params
    const { errand } = await getEventErrand(app, request.actor, slug, id)
    const known = errand.state === 'done' ? (await listErrandFiles(app.db, errand.id)).find(({ name }) => name === file) : undefined
    if (!known) throw kernelError('not_found')
    return reply
      .header('cache-control', 'no-store')
      .header('content-length', known.bytes)
      .header('content-disposition', `attachment; filename="${slug}-${known.name}"`)
      .type(TYPES[typeOf(known.name)] ?? 'application/octet-stream')
      .send(Readable.from(readErrandFile(app, errand.id, known.name), { objectMode: false }))
  })
}

type OneErrandProps = {
  page: PageContext
  event: Event
  errand: Errand
  typeName: string
  /** Its tickets by status. */ counts: Record<string, number>
  files: ErrandFile[]
}

function OneErrand({ page, event, errand, typeName, counts, files }: OneErrandProps) {
  const t = page.t.errands
  const words = page.t.issues
  const going = isUnderWay(errand)
  const tickets = errand.kind === 'tickets'
  const made = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return (
    <EventFrame
      page={page}
      event={event}
      tab="participants"
      title={t.kinds[errand.kind as keyof typeof t.kinds]}
      under={[tickets ? eventPath(event, 'issues') : eventPath(event, 'participants'), tickets ? words.title : page.t.organizer.participants]}
      {...(going ? { scripts: [asset('islands/errand.ts')] } : {})}
      head={
        going && (
          <noscript>
            <meta http-equiv="refresh" content="5" />
          </noscript>
        )
      }
    >
      <Facts
        rows={[
          [words.askedAt, formatMoment(errand.createdAt, event.timezone, page.locale)],
          [words.count, tickets && words.asked(Number(errand.input.quantity), typeName)],
          [words.use, tickets && words.termsChoices[errand.input.terms as keyof typeof words.termsChoices]],
          [words.state, t.states[errand.state]],
        ]}
      />
      {going && <Progress page={page} event={event} errand={errand} />}
      {errand.state === 'failed' && (
        <Notice tone="bad" title={t.failed}>
          <p>
            {errand.error && Object.hasOwn(page.t.errors, errand.error) ? page.t.errors[errand.error as keyof typeof page.t.errors] : t.failedHint}
          </p>
          {made > 0 && <p>{words.made(made)}</p>}
        </Notice>
      )}
      {errand.state === 'cancelled' && (
        <Notice tone="warn" title={t.stopped}>
          {tickets && (
            <p>
              {made > 0 ? words.made(made) : ''} {t.stoppedHint}
            </p>
          )}
        </Notice>
      )}
      {errand.state === 'done' && <Files page={page} event={event} errand={errand} files={files} />}
      {(counts.issued ?? 0) > 0 && !going && (
        <section class="stack stack--tight">
          <h2>{words.unsold(counts.issued ?? 0)}</h2>
          <p class="hint">{words.activateHint}</p>
          <p>
            <PostButton action={errandPath(event, errand.id, 'activate')}>{words.activateAll}</PostButton>
          </p>
        </section>
      )}
      {tickets && errand.state === 'done' && (
        <section class="stack stack--tight">
          <p class="hint">{words.printAgainHint(FILE_DAYS)}</p>
          <p>
            <PostButton kind="quiet" action={errandPath(event, errand.id, 'print')}>
              {words.printAgain}
            </PostButton>
          </p>
        </section>
      )}
    </EventFrame>
  )
}

function Progress({ page, event, errand }: { page: PageContext; event: Event; errand: Errand }) {
  const t = page.t.errands
  return (
    <div class="stack" data-island="errand">
      <div class="stack stack--tight">
        <label class="number" for="errand-progress">
          {t.progress(t.steps[errand.step as keyof typeof t.steps], errand.done, errand.total)}
        </label>
        <progress class="progress" id="errand-progress" value={errand.done} max={Math.max(errand.total, 1)} />
      </div>
      <p class="hint">{t.live}</p>
      <div class="actions">
        <LinkButton kind="secondary" href={errandPath(event, errand.id)}>
          {t.refresh}
        </LinkButton>
        <PostButton kind="quiet" action={errandPath(event, errand.id, 'stop')}>
          {t.stop}
        </PostButton>
      </div>
    </div>
  )
}

function Files({ page, event, errand, files }: { page: PageContext; event: Event; errand: Errand; files: ErrandFile[] }) {
  const t = page.t.errands
  const ordered = files.toSorted((a, b) => ORDER.indexOf(typeOf(a.name)) - ORDER.indexOf(typeOf(b.name)))
  if (files.length === 0)
    return (
      <Notice tone="info" title={t.done}>
        <p>{t.filesGone}</p>
      </Notice>
    )
  return (
    <Notice tone="good" title={t.done}>
      {errand.kind === 'tickets' && <p>{page.t.issues.guard}</p>}
      <ul class="plain-list">
        {ordered.map((file, i) => (
          <li key={file.name} class="row">
            <LinkButton kind={i === 0 ? 'primary' : 'secondary'} download href={errandPath(event, errand.id, 'files', file.name)}>
              {t.types[typeOf(file.name) as keyof typeof t.types] ?? file.name}
            </LinkButton>
            <span class="hint number">{t.size(Math.max(1, Math.round(file.bytes / 1024)))}</span>
          </li>
        ))}
      </ul>
      <p class="hint">{t.kept(FILE_DAYS)}</p>
    </Notice>
  )
}
