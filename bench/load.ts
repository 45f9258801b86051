// A load generator that costs little: raw sockets, one request at a time on each, prepared bytes. Runs as a child process of a benchmark.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { uuidv7 } from '#src/kernel/id.ts'

export type Load = {
  port: number
  connections: number
  seconds: number
  /** Rounds of the plan begun per second, evenly spaced and timed from when they were due; left out: as fast as answers come. */
  pace?: number
  plan:
    | { kind: 'get'; path: string; headers?: Record<string, string>; /** One for each connection, in turn. */ bearers?: readonly string[] }
    | { kind: 'order'; event: string; ticketTypeId: number; pay: boolean }
    /** Each connection is an agent; each text is shown once, and must be admitted. */
    | { kind: 'scan'; bearers: readonly string[]; texts: readonly string[] }
}

/** Milliseconds. */
export type Times = { p50: number; p99: number }

/** `cpu`: the part of one core that the generator itself took; near 1, it and not the server was the limit. */
export type LoadResult = Times & {
  answered: number
  failed: number
  perSecond: number
  statuses: Record<string, number>
  bytes: number
  cpu: number
  /** Of a plan with several requests. */
  steps: Record<string, Times>
}

type Answer = { status: number; body: Buffer }

/** One keep-alive connection that sends a request and reads its answer. Only answers with Content-Length are understood, as ours are. */
class Connection {
  private socket: Socket
  private received: Buffer[] = []
  private size = 0
  private needed = -1
  private status = 0
  private bodyAt = 0
  private waiting: PromiseWithResolvers<Answer> | undefined

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk) => this.read(chunk))
    this.socket.on('error', (error) => this.waiting?.reject(error))
    this.socket.on('close', () => this.waiting?.reject(new Error('the server closed the connection')))
  }

  send(bytes: string): Promise<Answer> {
    this.waiting = Promise.withResolvers()
    this.socket.write(bytes)
    return this.waiting.promise
  }

  close(): void {
    this.waiting = undefined
    this.socket.destroy()
  }

  private read(chunk: Buffer): void {
    this.received.push(chunk)
    this.size += chunk.length
    if (this.needed < 0) {
      const head = this.received.length === 1 ? chunk : Buffer.concat(this.received)
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const text = head.toString('latin1', 0, end)
      this.status = Number(text.slice(9, 12))
      this.bodyAt = end + 4
      this.needed = this.bodyAt + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
    }
    if (this.size < this.needed) return
    const whole = this.received.length === 1 ? this.received[0]! : Buffer.concat(this.received)
    this.received = []
    this.size = 0
    const body = whole.subarray(this.bodyAt, this.needed)
    this.needed = -1
    this.waiting!.resolve({ status: this.status, body })
  }
}

const lines = (headers: Record<string, string>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

function post(path: string, body: unknown, headers: Record<string, string> = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${lines(headers)}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

/** Sends one request and times it under a name. */
type Send = (bytes: string, step?: string) => Promise<Answer>
/** One round of a plan on one connection. @returns what went wrong, or null */
type Round = (send: Send) => Promise<string | null>

const wrong = (answer: Answer) => (answer.status < 400 ? null : String(answer.status))

/** Ten thousand buyers' numbers, but none of those that the simulator's scripts answer by themselves (…0001 to …0012). */
function phoneOf(n: number): string {
  return `+22901${96_001_000 + (n % 9000)}`
}

function roundsOf(plan: Load['plan']): (connection: number) => Round {
  switch (plan.kind) {
    case 'get':
      return (connection) => {
        const bearer = plan.bearers?.[connection % plan.bearers.length]
        const bytes = `GET ${plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines({ ...plan.headers, ...(bearer && { authorization: bearer }) })}\r\n`
        return async (send) => wrong(await send(bytes))
      }
    case 'order': {
      const prefix = randomBytes(6).toString('hex')
      let counter = 0
      return () => async (send) => {
        const n = ++counter
        const placed = await send(
          post(
            '/api/v1/orders',
            {
              event: plan.event,
              lines: [{ ticketTypeId: plan.ticketTypeId, quantity: 1 }],
              buyer: { name: 'Afi Mensah', email: `buyer-${n}@example.test`, phone: phoneOf(n) },
              ...(plan.pay ? { payment: { provider: 'simulator' } } : {}),
            },
            { 'Idempotency-Key': `${prefix}-${n}` },
          ),
        )
        if (!plan.pay || placed.status >= 400) return wrong(placed)
        const { payment } = JSON.parse(placed.body.toString()) as { payment: { id: string } }
        return wrong(await send(post(`/api/v1/simulator/payments/${payment.id}/approve`, '{}')))
      }
    }
    case 'scan': {
      let next = 0
      return (connection) => {
        const headers = { authorization: plan.bearers[connection % plan.bearers.length]! }
        const ask = async (send: Send, path: string, body: unknown, step: string) => {
          const answer = await send(post(path, body, headers), step)
          return answer.status < 400
            ? (JSON.parse(answer.body.toString()) as { decision: string; code: string; scanSessionToken?: string })
            : { decision: String(answer.status), code: answer.body.toString() }
        }
        return async (send) => {
          const qr = plan.texts[next++]
          if (qr === undefined) throw new Error('every ticket has been shown: prepare more')
          const asked = await ask(send, '/api/v1/scan/request', { qr }, 'request')
          if (asked.decision !== 'ELIGIBLE') return `${asked.decision} ${asked.code}`
          const { decision, code } = await ask(
            send,
            '/api/v1/scan/confirm',
            { scanSessionToken: asked.scanSessionToken, direction: 'in', scanId: uuidv7() },
            'confirm',
          )
          return decision === 'ADMITTED' ? null : `${decision} ${code}`
        }
      }
    }
  }
}

async function run(load: Load): Promise<LoadResult> {
  const times: number[] = []
  const steps: Record<string, number[]> = {}
  const statuses: Record<string, number> = {}
  let failed = 0
  let bytes = 0
  const makeRound = roundsOf(load.plan)
  const start = performance.now()
  const until = start + load.seconds * 1000
  const interval = load.pace ? 1000 / load.pace : 0
  let nextAt = start

  const client = async (index: number) => {
    const connection = new Connection(load.port)
    const send: Send = async (request, step) => {
      const sent = performance.now()
      const answer = await connection.send(request)
      if (step) (steps[step] ??= []).push(performance.now() - sent)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      bytes = answer.body.length
      return answer
    }
    const round = makeRound(index)
    for (;;) {
      let due = performance.now()
      if (interval > 0) due = nextAt += interval
      if (due >= until) break
      const wait = due - performance.now()
      if (wait > 0)
        await new Promise((resolve) => {
          setTimeout(resolve, wait)
        })
      const trouble = await round(send)
      if (trouble === null) times.push(performance.now() - due)
      else {
        failed++
        statuses[trouble] = (statuses[trouble] ?? 0) + 1
      }
    }
    connection.close()
  }
  const cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: load.connections }, (_, index) => client(index)))
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    ...quantiles(times),
    answered: times.length,
    failed,
    perSecond: times.length / seconds,
    statuses,
    bytes,
    cpu: (user + system) / 1e6 / seconds,
    steps: Object.fromEntries(Object.entries(steps).map(([step, list]) => [step, quantiles(list)])),
  }
}

function quantiles(times: number[]): Times {
  times.sort((a, b) => a - b)
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send!(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
