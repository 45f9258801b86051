// Many agents at many gates at once: whatever they do, people counted = tickets inside = entries − exits, and nobody enters twice.
import { expect, test } from 'vitest'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { testApp } from '../app.ts'
import { buildAgent, buildDoor, buildGate, buildTickets, confirm, countDoor, present, qrOf, type BuiltTicket, type Door } from '../door.ts'

const app = testApp({ DATABASE_POOL_SIZE: '16' })

/** Runs `work` on everything, `workers` at a time. */
async function crowd<T>(items: readonly T[], workers: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item)
    }),
  )
}

/** The same event seen from several gates, each with an agent. */
async function gatesOf(door: Door, count: number, strict = false): Promise<Door[]> {
  const others = await Promise.all(
    Array.from({ length: count - 1 }, async () => {
      const gate = await buildGate(app, door.event, { strictCapacity: strict })
      return { ...door, gate, agent: await buildAgent(app, door.event, gate) }
    }),
  )
  return [door, ...others]
}

/** A random number generator that a failure can be repeated with (mulberry32). */
function generator(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

async function expectSound(eventId: number): Promise<Awaited<ReturnType<typeof countDoor>>> {
  const counts = await countDoor(app, eventId)
  expect(counts.inside).toBe(counts.ticketsInside)
  expect(counts.totalIn - counts.totalOut).toBe(counts.inside)
  expect({ in: counts.totalIn, out: counts.totalOut }).toEqual({ in: counts.scansIn, out: counts.scansOut })
  return counts
}

test('200 random entries and exits of 12 tickets through 6 gates leave every count right', async () => {
  const door = await buildDoor(app, { event: { reentry: true } })
  const doors = await gatesOf(door, 6)
  const tickets = await buildTickets(app, door, 12)
  const random = generator(20_261_121)
  const moves = Array.from({ length: 200 }, () => ({
    ticket: tickets[random(12)]!,
    door: doors[random(6)]!,
    direction: random(2) === 0 ? ('in' as const) : ('out' as const),
  }))
  await crowd(moves, 24, async (move) => {
    const answer = await present(app, move.door, move.ticket)
    // Another worker of the same agent may have replaced the session meanwhile: that is a refusal, never a wrong count.
    if (answer.scanSessionToken)
      await confirm(app, move.door.agent, answer, move.direction).catch((error: { code: string }) => {
        expect(error.code).toBe('session_expired')
      })
  })
  const counts = await expectSound(door.event.id)
  expect(counts.totalOut).toBeGreaterThan(0)
  const used = await app.db
    .selectFrom('ticket')
    .select((eb) => eb.fn.sum<number>('usedCount').as('used'))
    .where('eventId', '=', door.event.id)
    .executeTakeFirstOrThrow()
  expect(used.used).toBe(counts.scansIn)
})

test('S44 of 120 guests before the last 60 places, let in by 4 strict gates at once, exactly 60 enter', async () => {
  const door = await buildDoor(app, { event: { capacity: 60 }, gate: { strictCapacity: true } })
  const doors = await gatesOf(door, 4, true)
  const guests = (await buildTickets(app, door, 120)).map((ticket, n): [BuiltTicket, Door] => [ticket, doors[n % 4]!])
  // Everybody is judged while there is room; only the confirmations race.
  const judged = await Promise.all(
    guests.map(async ([ticket, at]) => ({ at, answer: await requestScan(app, at.agent, { qr: await qrOf(app, door.event, ticket) }) })),
  )
  const codes: string[] = []
  await crowd(judged, 60, async ({ at, answer }) => {
    codes.push((await confirm(app, at.agent, answer)).code)
  })
  expect(codes.filter((code) => code === 'OK')).toHaveLength(60)
  expect(codes.filter((code) => code === 'CAPACITY_FULL')).toHaveLength(60)
  expect((await expectSound(door.event.id)).inside).toBe(60)
})

test('20 sessions, each used 8 times at once with scans of their own, admit 20', async () => {
  const door = await buildDoor(app)
  const answers = await Promise.all((await buildTickets(app, door, 20)).map((ticket) => present(app, door, ticket)))
  const outcomes: string[] = []
  await crowd(
    answers.flatMap((answer) => Array.from({ length: 8 }, () => answer)),
    40,
    async (answer) => {
      outcomes.push(
        await confirm(app, door.agent, answer).then(
          (done) => done.code,
          (error: { code: string }) => error.code,
        ),
      )
    },
  )
  expect(outcomes.filter((code) => code === 'OK')).toHaveLength(20)
  expect(outcomes.filter((code) => code === 'session_already_used')).toHaveLength(140)
  expect((await expectSound(door.event.id)).inside).toBe(20)
})
