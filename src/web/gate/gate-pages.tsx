// /gate: where an agent works. Everything works without JavaScript: a typed code, a verdict, one button to let pass; and the gate's log.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { confirmScan } from '#src/modules/access/confirm-scan.ts'
import type { Direction } from '#src/modules/access/evaluate.ts'
import { listOpenGates, type OpenGate } from '#src/modules/access/find-gates.ts'
import { countAdmittedByMe, countInside, listScans } from '#src/modules/access/find-scans.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { listParticipants } from '#src/reads/list-participants.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { readForm } from '../ui/form.ts'
import { pageOf, sendFragment, sendPage, type PageContext } from '../ui/page.ts'
import { GateLog } from './gate-log.tsx'
import { NameSearchResults } from './name-search.tsx'
import { readLogFilter } from './scan-log.tsx'
import { GateChoice, ScannerLive, ScannerScreen, type Scene } from './scanner-screen.tsx'
import type { Verdict } from './verdict.tsx'

type Fields = Record<string, string | undefined>
type Route = { Params: { gateId: string }; Body: Fields | undefined; Querystring: Fields }

const RECENT = 8
const FOUND = 20

export async function gatePages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/gate', async (request, reply) => {
    const gates = await listOpenGates(app, request.actor)
    if (gates.length === 1 && !pageOf(request).query.includes('choose'))
      return reply.header('cache-control', 'no-store').redirect(`/gate/${gates[0]!.id}`, 303)
    return sendPage(reply, <GateChoice page={pageOf(request)} gates={gates} />)
  })

  server.get<Route>('/gate/:gateId', async (request, reply) => {
    const gate = await findGate(app, request)
    return sendPage(reply, <ScannerScreen page={pageOf(request)} scene={await loadScene(app, request, gate, request.query.way)} />)
  })

  server.get<Route>('/gate/:gateId/log', async (request, reply) => {
    const gate = await findGate(app, request)
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const scans = await listScans(app, request.actor, gate.eventSlug, { ...readLogFilter(query), gateId: gate.id })
    return sendPage(reply, <GateLog page={page} gate={gate} scans={scans} form={query.state()} />)
  })

  server.get<Route>('/gate/:gateId/search', async (request, reply) => {
    const gate = await findGate(app, request)
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const found = await listParticipants(app, request.actor, gate.eventSlug, { q: query.text('q'), limit: FOUND })
    return sendPage(reply, <NameSearchResults page={page} post={{ gate, way: wayOf(gate, request.query.way) }} found={found} form={query.state()} />)
  })

  server.post<Route>('/gate/:gateId/scan', async (request, reply) => {
    const gate = await findGate(app, request)
    return answer(app, request, reply, gate, async () => {
      const answer = await requestScan(app, request.actor, { ...shown(request.body?.code ?? ''), gateId: gate.id })
      return { kind: 'request', answer }
    })
  })

  server.post<Route>('/gate/:gateId/confirm', async (request, reply) => {
    const gate = await findGate(app, request)
    return answer(app, request, reply, gate, async () => {
      const { token = '', direction, scanId = '', type = '' } = request.body ?? {}
      if ((direction !== 'in' && direction !== 'out') || !isUuid(scanId)) throw kernelError('invalid_input')
      const answer = await confirmScan(app, request.actor, { scanSessionToken: token, direction, scanId, gateId: gate.id })
      return { kind: 'confirm', answer, direction, type }
    })
  })
}

async function findGate(app: App, request: FastifyRequest<Route>): Promise<OpenGate> {
  const gate = (await listOpenGates(app, request.actor)).find((open) => String(open.id) === request.params.gateId)
  if (!gate) throw kernelError('not_found')
  return gate
}

/** Which way people pass: the gate's own, or what the agent chose where it serves both; most come in. */
function wayOf(gate: OpenGate, chosen: string | undefined): Direction {
  if (gate.directions !== 'both') return gate.directions
  return chosen === 'out' ? 'out' : 'in'
}

async function loadScene(app: App, request: FastifyRequest, gate: OpenGate, way: string | undefined, verdict: Verdict | null = null): Promise<Scene> {
  const [occupancy, mine, recent] = await Promise.all([
    countInside(app, request.actor, gate.eventSlug),
    countAdmittedByMe(app, request.actor, gate),
    listScans(app, request.actor, gate.eventSlug, { gateId: gate.id, limit: RECENT }),
  ])
  return { post: { gate, way: wayOf(gate, way) }, occupancy, mine, recent: recent.data, verdict }
}

/** One field takes both: a typed code has 14 letters and digits, whatever a hand-held scanner types is longer. */
function shown(text: string): { qr: string } | { manualCode: string } {
  return text.replaceAll(/[\s-]/g, '').length <= 16 ? { manualCode: text } : { qr: text }
}

/** Judges, and shows the verdict: as the whole page, or as the part of it that changes where the page's script asks. */
async function answer(
  app: App,
  request: FastifyRequest<Route>,
  reply: FastifyReply,
  gate: OpenGate,
  judge: () => Promise<Verdict>,
): Promise<FastifyReply> {
  const { way } = request.body ?? {}
  const here: PageContext = pageOf(request, `/gate/${gate.id}${gate.directions === 'both' ? `?way=${wayOf(gate, way)}` : ''}`)
  let verdict: Verdict
  let status = 200
  try {
    verdict = await judge()
  } catch (error) {
    if (!isDomainError(error) || error.kind === 'unauthenticated') throw error
    verdict = { kind: 'refusal', code: error.code }
    status = statusOf(error)
    const { retryAfter } = error.details
    if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter))
  }
  const scene = await loadScene(app, request, gate, way, verdict)
  return request.headers['x-fragment'] === 'live'
    ? sendFragment(reply, <ScannerLive page={here} scene={scene} />, { status })
    : sendPage(reply, <ScannerScreen page={here} scene={scene} />, { status })
}
