// Public pages for strangers, against a bare Fastify server that sends the very same bytes and headers as a constant. Both are measured in turn,
// round by round; what counts is the median of the rounds' ratios. Server CPU tells the same without the noise of who else uses the machine.
// Usage: npm run bench:pages [seconds]
import { request } from 'node:http'
import { buildEvent, buildOrganizer, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import type { Constant } from './constant.ts'
import {
  describeMachine,
  openStage,
  printTable,
  requireInvariants,
  runLoad,
  startConstantServer,
  startServer,
  type ServerProcess,
  type Stage,
} from './stage.ts'

const SECONDS = Number(process.argv[2] ?? 2)
const ROUNDS = 7
const CLIENTS = 64
const EVENTS = 40
const TARGET = 0.6

const LANGUAGE = { 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.6' }
const PACKED = { ...LANGUAGE, 'accept-encoding': 'gzip, deflate, br' }

type Subject = { name: string; path: string; headers: Record<string, string>; target: number | null }

/** Forty events as in the demo world, with three ticket types each; @returns one of them */
async function announce(stage: Stage): Promise<BuiltEvent> {
  const organizers = []
  for (let i = 0; i < 4; i++) organizers.push(await buildOrganizer(stage.app))
  const events: BuiltEvent[] = []
  for (let i = 0; i < EVENTS; i++) {
    const startsAt = new Date(Date.now() + (i + 1) * 86_400_000)
    const event = await buildEvent(stage.app, { title: `Grande soirée de la ville, numéro ${i + 1}`, startsAt, organizer: organizers[i % 4]! })
    for (const [name, price] of [
      ['Entrée', 5000],
      ['Carré or', 15_000],
      ['Étudiant', 2500],
    ] as const)
      await buildTicketType(stage.app, event, { name, price, quantity: 500 })
    events.push(event)
  }
  const paragraph =
    'Une soirée de musique et de danse, avec **trois orchestres** et des invités venus de toute la sous-région. Les portes ouvrent tôt : venez en famille.'
  await stage.app.db
    .updateTable('event')
    .set({ description: Array.from({ length: 6 }, () => paragraph).join('\n\n') })
    .execute()
  return events[0]!
}

// These belong to the connection or the moment, not to the answer.
const NOT_CONSTANT = new Set(['date', 'connection', 'keep-alive', 'content-length'])

/** The product's answer, to be given as a constant under a path of its own. */
function capture(server: ServerProcess, subject: Subject, path: string): Promise<Constant> {
  return new Promise((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', path: subject.path, headers: subject.headers }, (answer) => {
      const chunks: Buffer[] = []
      answer
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          if (answer.statusCode !== 200) return reject(new Error(`${subject.path} answers ${answer.statusCode}`))
          const headers = Object.entries(answer.headers)
            .filter(([name]) => !NOT_CONSTANT.has(name))
            .map(([name, value]) => [name, String(value)] as const)
          resolve({ path, headers: Object.fromEntries(headers), body: Buffer.concat(chunks).toString('base64') })
        })
    })
      .on('error', reject)
      .end()
  })
}

type Round = { perSecond: number; /** Of the server, for one request, in microseconds. */ cpu: number; load: number; bytes: number }

async function measure(server: ServerProcess, path: string, headers: Record<string, string>, seconds = SECONDS): Promise<Round> {
  const before = await server.cpuSeconds()
  const result = await runLoad({ port: server.port, connections: CLIENTS, seconds, plan: { kind: 'get', path, headers } })
  if (result.failed > 0) throw new Error(`${path}: ${JSON.stringify(result.statuses)}`)
  const cpu = (await server.cpuSeconds()) - before
  return { perSecond: result.perSecond, cpu: (cpu / result.answered) * 1e6, load: result.cpu, bytes: result.bytes }
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

const stage = await openStage()
try {
  const event = await announce(stage)
  const subjects: Subject[] = [
    { name: 'event list, brotli', path: '/events', headers: PACKED, target: TARGET },
    { name: 'event list, plain', path: '/events', headers: LANGUAGE, target: TARGET },
    { name: 'event page, brotli', path: `/events/${event.slug}`, headers: PACKED, target: TARGET },
    { name: 'event page, plain', path: `/events/${event.slug}`, headers: LANGUAGE, target: TARGET },
    { name: 'JSON, GET /api/v1/events', path: '/api/v1/events', headers: LANGUAGE, target: null },
  ]
  console.log(`${describeMachine()}; ${CLIENTS} clients, ${ROUNDS} rounds of ${SECONDS} s, ${EVENTS} events`)
  const product = await startServer(stage)
  const constants = await Promise.all(subjects.map((subject, i) => capture(product, subject, `/${i}${subject.path}`)))
  const constant = await startConstantServer(constants)

  const rows: (string | number)[][] = []
  for (const [i, subject] of subjects.entries()) {
    const ours = () => measure(product, subject.path, subject.headers)
    const theirs = () => measure(constant, constants[i]!.path, subject.headers)
    await measure(product, subject.path, subject.headers, 1)
    await measure(constant, constants[i]!.path, subject.headers, 1)
    const rounds: { ours: Round; theirs: Round }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      // Who begins changes, so that neither is always the one that comes after.
      const first = round % 2 === 0 ? await ours() : await theirs()
      const second = round % 2 === 0 ? await theirs() : await ours()
      rounds.push(round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first })
    }
    const of = (value: (round: { ours: Round; theirs: Round }) => number) => median(rounds.map(value))
    const ratio = of((r) => r.ours.perSecond / r.theirs.perSecond)
    rows.push([
      subject.name,
      rounds[0]!.ours.bytes,
      of((r) => r.ours.perSecond),
      of((r) => r.theirs.perSecond),
      ratio.toFixed(2),
      subject.target === null ? '' : `≥ ${subject.target}`,
      subject.target === null ? '' : ratio >= subject.target ? 'met' : 'missed',
      of((r) => r.ours.cpu),
      of((r) => r.theirs.cpu),
      Math.max(...rounds.map((r) => r.theirs.load)).toFixed(2),
    ])
  }
  await product.stop()
  await constant.stop()
  await requireInvariants(stage)
  printTable(
    'Pages for strangers',
    ['page', 'bytes', 'requests/s', 'constant/s', 'ratio', 'target', '', 'CPU µs', 'constant CPU µs', 'load CPU'],
    rows,
  )
  console.log(
    `\nMedians of ${ROUNDS} rounds. CPU: of the server, for one request. Load CPU: cores taken by the load generator, at most; near 1 it would be the limit.`,
  )
} finally {
  await stage.close()
}
