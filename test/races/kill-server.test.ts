// The server is killed without warning in the middle of a sale. Every answer that a buyer got must still be true afterwards.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkInvariants } from '#src/reads/invariants.ts'
import { startTestApp, type TestApp } from '../app.ts'
import { buildEvent, buildTicketType, type BuiltEvent, type BuiltTicketType } from '../factories.ts'
import { startServerProcess, type ServerProcess } from '../server-process.ts'

let app: TestApp
let stop: () => Promise<void>
beforeAll(async () => {
  ;({ app, stop } = await startTestApp())
})
afterAll(() => stop())

type Told = { key: string; code: string; type: BuiltTicketType }

const serve = () => startServerProcess({ DATABASE_URL: app.databaseUrl, DATA_DIR: app.config.dataDir })

/** Buyers who go on until the server is gone. @returns what each was told, and the keys that got no answer */
async function sell(
  server: ServerProcess,
  event: BuiltEvent,
  type: BuiltTicketType,
  prefix: string,
  until: Promise<void>,
): Promise<{ told: Told[]; unanswered: string[] }> {
  const told: Told[] = []
  const unanswered: string[] = []
  let over = false
  void until.then(() => {
    over = true
  })
  await Promise.all(
    Array.from({ length: 24 }, async (_, buyer) => {
      for (let n = 0; !over; n++) {
        const key = `${prefix}-${buyer}-${n}`
        const answer = await ask(server.url, event, type, key).catch(() => null)
        if (answer) told.push(answer)
        else unanswered.push(key)
      }
    }),
  )
  return { told, unanswered }
}

async function ask(url: string, event: BuiltEvent, type: BuiltTicketType, key: string): Promise<Told> {
  const response = await fetch(`${url}/api/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ event: event.slug, lines: [{ ticketTypeId: type.id, quantity: 1 }], buyer: { name: 'Afi', email: 'afi@example.test' } }),
  })
  const body = (await response.json()) as { code: string; status: string }
  if (response.status !== 201) throw new Error(`${response.status} ${body.code}`)
  return { key, code: body.code, type }
}

test('no answered order is lost, none is half there, and whoever asks again with the same key gets the same order', async () => {
  const event = await buildEvent(app)
  const types = [
    await buildTicketType(app, event, { price: 0, quantity: 100_000 }),
    await buildTicketType(app, event, { price: 5000, quantity: 100_000 }),
  ]
  const told: Told[] = []
  const unanswered: { key: string; type: BuiltTicketType }[] = []
  for (const [round, type] of [types[0]!, types[1]!, types[0]!].entries()) {
    const server = await serve()
    const dead = new Promise<void>((resolve) => {
      server.process.once('exit', () => resolve())
    })
    const sale = sell(server, event, type, `kill-${round}`, dead)
    // In the middle: some orders have been answered, others are in the batch that dies.
    while ((await countOrders(event)) < (round + 1) * 150)
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    await server.kill('SIGKILL')
    const result = await sale
    told.push(...result.told)
    unanswered.push(...result.unanswered.map((key) => ({ key, type })))
  }
  expect(told.length).toBeGreaterThan(300)
  expect(unanswered.length).toBeGreaterThan(0)

  const stored = new Map(
    (await app.db.selectFrom('ticketOrder').select(['code', 'status']).where('eventId', '=', event.id).execute()).map((o) => [o.code, o.status]),
  )
  expect(told.filter((order) => !stored.has(order.code))).toEqual([])
  const broken = async () => (await checkInvariants(app.db)).filter((check) => check.count > 0).map((check) => check.invariant.id)
  expect(await broken()).toEqual([])

  const server = await serve()
  try {
    const again = await Promise.all(told.slice(0, 40).map((order) => ask(server.url, event, order.type, order.key).catch((error: Error) => error)))
    expect(again.filter((answer, i) => answer instanceof Error || answer.code !== told[i]!.code)).toEqual([])
    const retried = await Promise.all(unanswered.map(({ key, type }) => ask(server.url, event, type, key)))
    expect(new Set(retried.map((order) => order.code)).size).toBe(unanswered.length)
  } finally {
    await server.kill('SIGTERM')
  }
  expect(await broken()).toEqual([])
  const keys = await app.db
    .selectFrom('ticketOrder')
    .select((eb) => [eb.fn.countAll<number>().as('orders'), eb.fn.count<number>('idemKey').distinct().as('keys')])
    .where('eventId', '=', event.id)
    .executeTakeFirstOrThrow()
  expect(keys.orders).toBe(keys.keys)
})

async function countOrders(event: BuiltEvent): Promise<number> {
  const { count } = await app.db
    .selectFrom('ticketOrder')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('eventId', '=', event.id)
    .executeTakeFirstOrThrow()
  return count
}
