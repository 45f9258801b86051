// /gate: where an agent works. Everything works without JavaScript: a typed code, a verdict, one button to let pass.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { confirmScan } from '#src/modules/access/confirm-scan.ts'
import { listOpenGates, type OpenGate } from '#src/modules/access/find-gates.ts'
import { countInside, listScans } from '#src/modules/access/find-scans.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { pageOf, sendFragment, sendPage, type PageContext } from '../ui/page.ts'
import { GateChoice, ScannerLive, ScannerScreen, type Scene, type Verdict } from './scanner-screen.tsx'

type Fields = Record<string, string | undefined>
type Route = { Params: { gateId: string }; Body: Fields | undefined }

const RECENT = 8

export async function gatePages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/gate', async (request, reply) => {
    const gates = await listOpenGates(app, request.actor)
    if (gates.length === 1 && !page(request).query.includes('choose'))
      return reply.header('cache-control', 'no-store').redirect(`/gate/${gates[0]!.id}`, 303)
    return sendPage(reply, <GateChoice page={page(request)} gates={gates} />)
  })

  server.get<Route>('/gate/:gateId', async (request, reply) => {
    const scene = await loadScene(app, request, await findGate(app, request))
    return sendPage(reply, <ScannerScreen page={page(request)} scene={scene} />)
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

const page = (request: FastifyRequest) => pageOf(request)

async function findGate(app: App, request: FastifyRequest<Route>): Promise<OpenGate> {
  const gate = (await listOpenGates(app, request.actor)).find((open) => String(open.id) === request.params.gateId)
  if (!gate) throw kernelError('not_found')
  return gate
}

async function loadScene(app: App, request: FastifyRequest, gate: OpenGate, verdict: Verdict | null = null): Promise<Scene> {
  const [occupancy, recent] = await Promise.all([
    countInside(app, request.actor, gate.eventSlug),
    listScans(app, request.actor, gate.eventSlug, { gateId: gate.id, limit: RECENT }),
  ])
  return { gate, occupancy, recent: recent.data, verdict }
}

/** One field takes both: a typed code has 14 letters and digits, whatever a hand-held scanner types is longer. */
function shown(text: string): { qr: string } | { manualCode: string } {
  return text.replaceAll(/[\s-]/g, '').length <= 16 ? { manualCode: text } : { qr: text }
}

/** Judges, and shows the verdict: as the whole page, or as the part of it that changes where the page's script asks. */
async function answer(app: App, request: FastifyRequest, reply: FastifyReply, gate: OpenGate, judge: () => Promise<Verdict>): Promise<FastifyReply> {
  const here: PageContext = pageOf(request, `/gate/${gate.id}`)
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
  const scene = await loadScene(app, request, gate, verdict)
  return request.headers['x-fragment'] === 'live'
    ? sendFragment(reply, <ScannerLive page={here} scene={scene} />, { status })
    : sendPage(reply, <ScannerScreen page={here} scene={scene} />, { status })
}
