// /scan: two steps at the door, and the log of what happened. An evaluated ticket always answers 200; 4xx are refusals of the protocol.
import { Type, type Static } from 'typebox'
import { accessErrors } from '#src/modules/access/errors.ts'
import { DENIALS } from '#src/modules/access/evaluate.ts'
import { confirmScan } from '#src/modules/access/confirm-scan.ts'
import { listOpenGates } from '#src/modules/access/find-gates.ts'
import { getScan, listScans, type LoggedScan } from '#src/modules/access/find-scans.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import type { ConfirmAnswer, Hint, ScanAnswer } from '#src/modules/access/scan.ts'
import type { App } from '#src/platform/app.ts'
import { openScansExport, scansCsv } from '#src/reads/scans-export.ts'
import type { ApiServer } from './native-api.ts'
import { sendProblem } from './problem.ts'
import { IdSchema, isoTime, MoneySchema, nullable, pageOf, PageQuery, refusals, TimeSchema, wholeListOf } from './schemas.ts'

const tags = ['Scan']
const Code = Type.Enum(['OK', ...DENIALS], { description: 'In the order in which they are judged; the first that holds is the answer.' })
const Direction = Type.Enum(['in', 'out'])
const Uuid = Type.String({ format: 'uuid' })
const GateId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Needed by who may scan at several gates.' })

const HintSchema = Type.Object(
  {
    from: Type.Optional(TimeSchema),
    until: Type.Optional(TimeSchema),
    waitSeconds: Type.Optional(Type.Integer()),
    gates: Type.Optional(Type.Array(Type.String())),
    event: Type.Optional(Type.String()),
    due: Type.Optional(MoneySchema),
    letOut: Type.Optional(Type.Literal(true)),
    updateApp: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false, description: 'What helps to explain a refusal.' },
)

const Flags = Type.Array(Type.Enum(['PASSBACK', 'COMPROMISED_KEY']), { description: 'What passes but should be remarked.' })

const RequestAnswerSchema = Type.Object(
  {
    decision: Type.Enum(['ELIGIBLE', 'DENIED']),
    code: Code,
    in: Type.Optional(Code),
    out: Type.Optional(Code),
    suggestedDirection: nullable(Direction),
    ticket: nullable(
      Type.Object(
        {
          type: Type.String(),
          entriesUsed: Type.Integer(),
          usageLimit: nullable(Type.Integer()),
          last: nullable(Type.Object({ dir: Direction, gate: nullable(Type.String()), at: TimeSchema }, { additionalProperties: false })),
        },
        { additionalProperties: false },
      ),
    ),
    flags: Flags,
    hint: nullable(HintSchema),
    gate: Type.Object({ id: Type.Integer(), name: Type.String() }, { additionalProperties: false }),
    scanSessionToken: Type.Optional(Type.String({ description: 'Confirms this answer once, before `expiresAt`.' })),
    expiresAt: Type.Optional(TimeSchema),
    serverTime: TimeSchema,
  },
  { additionalProperties: false },
)

const ConfirmAnswerSchema = Type.Object(
  {
    decision: Type.Enum(['ADMITTED', 'EXITED', 'DENIED']),
    code: Code,
    scanId: Uuid,
    replayed: Type.Boolean({ description: 'This very scan was answered before.' }),
    flags: Flags,
    hint: nullable(HintSchema),
    occupancy: Type.Object({ inside: Type.Integer(), capacity: nullable(Type.Integer()) }, { additionalProperties: false }),
  },
  { additionalProperties: false },
)

const LoggedScanSchema = Type.Object(
  {
    id: Uuid,
    step: Type.Enum(['request', 'confirm'], { description: '`request`: refused at once; `confirm`: ended in the second step.' }),
    at: TimeSchema,
    direction: nullable(Direction),
    code: Code,
    method: Type.Enum(['camera', 'manual', 'cashier']),
    origin: Type.Enum(['online', 'offline', 'system']),
    gate: Type.Object({ id: Type.Integer(), name: Type.String() }, { additionalProperties: false }),
    ticketId: nullable(Uuid),
    ticketType: nullable(Type.String()),
    agent: nullable(Type.String({ description: 'Who judged.' })),
    holder: nullable(Type.String({ description: 'Whose ticket it was; null for those who only work at a gate.' })),
  },
  { additionalProperties: false },
)

const OpenGateSchema = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    directions: Type.Enum(['in', 'out', 'both']),
    event: Type.Object({ slug: Type.String(), title: Type.String() }, { additionalProperties: false }),
  },
  { additionalProperties: false },
)

const hintJson = (hint: Hint | null): Static<typeof HintSchema> | null =>
  hint && {
    ...hint,
    from: hint.from && isoTime(hint.from),
    until: hint.until && isoTime(hint.until),
  }

function requestJson({ ticket, hint, expiresAt, serverTime, ...rest }: ScanAnswer): Static<typeof RequestAnswerSchema> {
  return {
    ...rest,
    hint: hintJson(hint),
    serverTime: isoTime(serverTime),
    ...(expiresAt && { expiresAt: isoTime(expiresAt) }),
    ticket: ticket && { ...ticket, last: ticket.last && { dir: ticket.last.direction, gate: ticket.last.gate, at: isoTime(ticket.last.at) } },
  }
}

const confirmJson = (answer: ConfirmAnswer): Static<typeof ConfirmAnswerSchema> => ({ ...answer, hint: hintJson(answer.hint) })

function scanJson(scan: LoggedScan): Static<typeof LoggedScanSchema> {
  const { id, step, direction, code, method, origin, ticketId, ticketType } = scan
  return {
    id,
    step,
    at: isoTime(scan.at),
    direction,
    code,
    method,
    origin,
    gate: { id: scan.gateId, name: scan.gateName },
    ticketId,
    ticketType,
    agent: scan.agentName,
    holder: scan.holderName,
  }
}

// Codes that scanners know by the protocol's own names.
const PROTOCOL_CODES = new Set([
  'unauthenticated',
  'rate_limited',
  ...Object.keys(accessErrors).filter((code) => /^(session|scan|agent)_/.test(code)),
])
const protocolName = (code: string) => (PROTOCOL_CODES.has(code) ? code.toUpperCase() : code)

export async function scanApi(api: ApiServer, app: App): Promise<void> {
  await api.register(async (instance) => {
    const server = instance as ApiServer
    server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, protocolName))

    server.post(
      '/scan/request',
      {
        schema: {
          operationId: 'requestScan',
          tags,
          summary: 'Step 1: judge a ticket',
          description:
            'Answers 200 for every ticket that could be judged, also a refused one. `in` and `out` say it for each direction that the gate serves; they are advice, ' +
            'since step 2 judges again. The gate is that of the caller’s shift. Codes of refusals of the protocol: `AGENT_NOT_ASSIGNED`, `RATE_LIMITED`.',
          body: Type.Object(
            {
              qr: Type.Optional(Type.String({ description: 'The text of the QR code, as read.' })),
              manualCode: Type.Optional(Type.String({ maxLength: 100, description: 'The code printed under it, typed by hand.' })),
              gateId: Type.Optional(GateId),
              deviceTime: Type.Optional(TimeSchema),
            },
            { additionalProperties: false },
          ),
          response: { 200: RequestAnswerSchema, ...refusals },
        },
      },
      async (request) => requestJson(await requestScan(app, request.actor, request.body)),
    )

    server.post(
      '/scan/confirm',
      {
        schema: {
          operationId: 'confirmScan',
          tags,
          summary: 'Step 2: let in or out',
          description:
            'Consumes the session. Repeating it with the same `scanId` gives the same answer, `replayed`. Codes of refusals of the protocol: `SESSION_UNKNOWN` 404, ' +
            '`SESSION_AGENT_MISMATCH`, `SESSION_GATE_MISMATCH` and `AGENT_NOT_ASSIGNED` 403, `SESSION_ALREADY_USED` and `SCAN_ID_REUSED` 409, `SESSION_EXPIRED` 410, `RATE_LIMITED` 429.',
          body: Type.Object(
            {
              scanSessionToken: Type.String({ minLength: 1, maxLength: 100 }),
              direction: Direction,
              scanId: Type.String({ format: 'uuid', description: 'Made by the client; version 7 at best.' }),
              gateId: Type.Optional(GateId),
              deviceTime: Type.Optional(TimeSchema),
            },
            { additionalProperties: false },
          ),
          response: { 200: ConfirmAnswerSchema, ...refusals },
        },
      },
      async (request) => {
        const { deviceTime, ...body } = request.body
        return confirmJson(await confirmScan(app, request.actor, { ...body, ...(deviceTime && { deviceTime: new Date(deviceTime) }) }))
      },
    )

    server.get(
      '/scan/gates',
      {
        schema: {
          operationId: 'listOpenGates',
          tags,
          summary: 'Gates at which the caller may scan now',
          response: { 200: wholeListOf(OpenGateSchema), ...refusals },
        },
      },
      async (request) => ({
        data: (await listOpenGates(app, request.actor)).map((gate) => ({
          id: gate.id,
          name: gate.name,
          directions: gate.directions,
          event: { slug: gate.eventSlug, title: gate.eventTitle },
        })),
        nextCursor: null,
      }),
    )

    server.get(
      '/scan/:scanId',
      {
        schema: {
          operationId: 'getScan',
          tags,
          summary: 'What became of a scan',
          description: 'For who lost the answer; of the caller’s own gates.',
          params: Type.Object({ scanId: Uuid }),
          response: { 200: LoggedScanSchema, ...refusals },
        },
      },
      async (request) => scanJson(await getScan(app, request.actor, request.params.scanId)),
    )
  })

  api.get(
    '/events/:slug/scans',
    {
      schema: {
        operationId: 'listScans',
        tags,
        summary: 'The log of a door',
        description: 'Every attempt, newest first: all gates for who leads the event, the gates of their shifts for agents.',
        params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) }),
        querystring: Type.Object(
          {
            gateId: Type.Optional(IdSchema),
            code: Type.Optional(Code),
            outcome: Type.Optional(Type.Enum(['in', 'out', 'refused'], { description: 'Who passed that way, or who was refused.' })),
            ...PageQuery,
          },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(LoggedScanSchema), ...refusals },
      },
    },
    async (request) => {
      const page = await listScans(app, request.actor, request.params.slug, request.query)
      return { data: page.data.map(scanJson), nextCursor: page.nextCursor }
    },
  )

  api.get(
    '/events/:slug/scans.csv',
    {
      schema: {
        operationId: 'exportScansCsv',
        tags,
        summary: 'The log of all doors as CSV',
        description: 'For who leads the event. Newest first, times in the event’s time zone. UTF-8 with a byte order mark, RFC 4180.',
        params: Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) }),
        response: {
          200: {
            description: 'A line for each ticket that was shown.',
            content: { 'text/csv': { schema: Type.String({ contentMediaType: 'text/csv' }) } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const opened = await openScansExport(app, request.actor, request.params.slug)
      return reply
        .header('content-disposition', `attachment; filename="scans-${opened.slug}.csv"`)
        .type('text/csv; charset=utf-8')
        .send(scansCsv(opened))
    },
  )
}
