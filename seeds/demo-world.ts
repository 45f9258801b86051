// The demo world: one coherent little market of organizers, events, buyers and doors, made by the same verbs that people use.
// Only times are changed afterwards, so that yesterday's sales are yesterday's.
import type { Pool } from 'pg'
import { systemActor, type AccountActor } from '#src/kernel/actor.ts'
import { endEvents } from '#src/modules/events/end-events.ts'
import { presentOrganizer } from '#src/modules/events/present-organizer.ts'
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import type { Profile } from '#src/modules/identity/profile.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { backdate, moveEvent } from './backdate.ts'
import { buildDemoEvent, wearCover } from './build-event.ts'
import { EVENTS } from './events.ts'
import { letIn } from './let-in.ts'
import { ORGANIZERS, settlePeople } from './people.ts'
import { sell } from './sell.ts'
import { tellStories } from './stories.ts'

/** The owner's connections are needed: what happened can only be backdated past the triggers that forbid it. */
export type SeedApp = App & { readonly ownerPool: Pool }

const SEEDED = 'demo.seeded'
// Any constant will do: two processes that start together must not seed twice.
const LOCK = 7_281_904_356

/**
 * Makes the demo world, once: a second call changes nothing.
 * @param say told what takes time
 * @returns false where it was there already
 */
export async function seedDemoWorld(app: SeedApp, say: (line: string) => void): Promise<boolean> {
  if (app.config.environment === 'production') throw new Error('The demo world is never made in production: its passwords are public.')
  const lock = await app.ownerPool.connect()
  try {
    // Whoever comes second waits until the world is made, however long that takes.
    await lock.query('SET lock_timeout = 0')
    await lock.query('SELECT pg_advisory_lock($1)', [LOCK])
    const { rowCount } = await lock.query('SELECT FROM fact WHERE kind = $1', [SEEDED])
    if (rowCount) return false
    say('Making the demo world (only the first time)…')
    await makeWorld(app)
    await transact(app, (tx) => record(tx, systemActor('seed'), { kind: SEEDED, subject: 'demo-world' }))
    return true
  } finally {
    // The lock and the setting go with the connection.
    lock.release(true)
  }
}

async function makeWorld(app: SeedApp): Promise<void> {
  const now = new Date()
  const actors = await settlePeople(app)
  for (const { owner, profile } of Object.values(ORGANIZERS)) if (profile) await present(app, actors.of(owner), profile)
  // Nobody listens yet, or somebody else does: the payers' answers are fetched instead of posted.
  const simulator = findSimulator(app)
  const transport = simulator?.transport
  if (simulator) simulator.transport = async () => 200
  try {
    // All at once, as on a Saturday: most of the time goes into waiting for the disk.
    const events = await Promise.all(
      EVENTS.map(async (definition) => {
        const built = await buildDemoEvent(app, actors.of(ORGANIZERS[definition.organizer].owner), definition, now)
        if (definition.sales) await sell(app, actors, built)
        if (definition.sales?.arrived) await letIn(app, actors, built)
        await wearCover(app, built)
        return built
      }),
    )
    await tellStories(app, actors, events)
    for (const built of events) {
      await backdate(app.ownerPool, built, now)
      await moveEvent(app.ownerPool, built)
    }
    await endEvents(app)
    await keepMailsQuiet(app)
  } finally {
    if (simulator && transport) simulator.transport = transport
  }
}

async function present(app: App, owner: AccountActor, profile: Partial<Profile>): Promise<void> {
  const { slug } = await getOrganizer(app.db, owner.memberships[0]!.organizerId)
  await presentOrganizer(app, owner, slug, profile)
}

/** Hundreds of confirmations for people who don't exist would only hide the newcomer's own: subscribers begin after them. */
async function keepMailsQuiet(app: SeedApp): Promise<void> {
  await app.ownerPool.query(`
    INSERT INTO fact_cursor (subscriber, xid, id) SELECT 'notifications', max(xid), max(id) FROM fact
    ON CONFLICT (subscriber) DO UPDATE SET xid = EXCLUDED.xid, id = EXCLUDED.id`)
}
