// A load generator that costs little: raw sockets, one request at a time on each, prepared bytes. Runs as a child process of a benchmark.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

export type Load = {
  port: number
  connections: number
  seconds: number
  /** Whole requests a second, evenly spaced; left out: as fast as answers come. */
  pace?: number
  plan:
    | { kind: 'get'; path: string; headers?: Record<string, string> }
    | { kind: 'order'; event: string; ticketTypeId: number; pay: boolean }
}

export type LoadResult = { answered: number; failed: number; perSecond: number; p50: number; p99: number; statuses: Record<string, number>; bytes: number }

type Answer = { status: number; body: Buffer }

/** One keep-alive connection that sends a request and reads its answer. Only answers with Content-Length are understood, as ours are. */
class Connection {
  private socket: Socket
  private received: Buffer[] = []
  private size = 0
  private needed = -1
  private resolve: ((answer: Answer) => void) | undefined
  private status = 0
  private bodyAt = 0

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk) => this.read(chunk))
  }

  send(bytes: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve
      this.socket.once('close', reject)
      this.socket.write(bytes)
    })
  }

  close(): void {
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
    const body = Buffer.concat(this.received).subarray(this.bodyAt, this.needed)
    this.received = []
    this.size = 0
    this.needed = -1
    this.socket.removeAllListeners('close')
    this.resolve!({ status: this.status, body })
  }
}

function post(path: string, body: string, headers = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

async function run(load: Load): Promise<LoadResult> {
  const times: number[] = []
  const statuses: Record<string, number> = {}
  let failed = 0
  let bytes = 0
  const prefix = randomBytes(6).toString('hex')
  let counter = 0
  const count = (answer: Answer) => {
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    bytes = answer.body.length
    if (answer.status >= 400) failed++
    return answer.status < 400
  }

  const { plan } = load
  const get = plan.kind === 'get'
    ? `GET ${plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(plan.headers ?? {}).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n` : ''
  const once = async (connection: Connection): Promise<boolean> => {
    if (plan.kind === 'get') return count(await connection.send(get))
    const n = ++counter
    const body = JSON.stringify({
      event: plan.event, lines: [{ ticketTypeId: plan.ticketTypeId, quantity: 1 }], buyer: { name: 'Afi Mensah', email: `buyer-${n}@example.test`, phone: '+2290196000100' },
      ...(plan.pay ? { payment: { provider: 'simulator' } } : {}),
    })
    const placed = await connection.send(post('/api/v1/orders', body, `Idempotency-Key: ${prefix}-${n}\r\n`))
    if (!count(placed) || !plan.pay) return placed.status < 400
    const { payment } = JSON.parse(placed.body.toString()) as { payment: { id: string } }
    return count(await connection.send(post(`/api/v1/simulator/payments/${payment.id}/approve`, '{}')))
  }

  const until = performance.now() + load.seconds * 1000
  const interval = load.pace ? 1000 / load.pace : 0
  let nextAt = performance.now()
  const worker = async () => {
    const connection = new Connection(load.port)
    while (performance.now() < until) {
      if (interval > 0) {
        const at = (nextAt += interval)
        const wait = at - performance.now()
        if (wait > 0) await new Promise((resolve) => { setTimeout(resolve, wait) })
      }
      const start = performance.now()
      if (await once(connection)) times.push(performance.now() - start)
    }
    connection.close()
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: load.connections }, worker))
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? Number.NaN
  return { answered: times.length, failed, perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), statuses, bytes }
}

process.on('message', (load: Load) => {
  run(load).then((result) => process.send!(result), (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
