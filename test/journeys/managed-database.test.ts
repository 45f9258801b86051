// A database as hosting companies give it: its owner is no superuser and may create no roles. Policies must bind the owner itself.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { buildApp } from '#src/app.ts'
import { readConfig } from '#src/config.ts'
import type { Visitor } from '#src/kernel/actor.ts'
import { checkOut } from '#src/modules/ticketing/check-out.ts'
import { restoreBackup } from '#src/platform/backup/restore.ts'
import { writeBackup } from '#src/platform/backup/write.ts'
import { inScope } from '#src/platform/db.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import { buildEvent, buildTicketType } from '../factories.ts'

const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }

/** Databases owned by a role that may do nothing else. */
async function onManagedServer(count: number, work: (urls: string[]) => Promise<void>): Promise<'done' | 'no roles here'> {
  const address = new URL(inject('templateUrl'))
  address.pathname = '/postgres'
  const server = new pg.Client(address.href)
  await server.connect()
  const { rowCount } = await server.query('SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)')
  if (!rowCount) {
    await server.end()
    return 'no roles here'
  }
  const owner = `managed_${randomBytes(4).toString('hex')}`
  const names = Array.from({ length: count }, (_, i) => `${inject('templateUrl').split('/').at(-1)}_${owner}_${i}`)
  try {
    await server.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'managed' NOSUPERUSER NOCREATEROLE NOBYPASSRLS`)
    for (const name of names) await server.query(`CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0`)
    await work(
      names.map((name) => {
        const url = new URL(address)
        Object.assign(url, { username: owner, password: 'managed', pathname: `/${name}` })
        return url.href
      }),
    )
    return 'done'
  } finally {
    for (const name of names) await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await server.query(`DROP ROLE IF EXISTS ${owner}`)
    await server.end()
  }
}

test('is migrated, sells, keeps tenants apart, is backed up and restored', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-managed-'))
  const open = (databaseUrl: string) =>
    buildApp({ config: readConfig({ NODE_ENV: 'test', DATA_DIR: folder, PUBLIC_URL: 'http://guichet.test' }), databaseUrl })
  try {
    const outcome = await onManagedServer(2, async ([first, second]) => {
      const app = await open(first!)
      const other = await open(second!)
      try {
        const [event, foreign] = [await buildEvent(app), await buildEvent(app)]
        const type = await buildTicketType(app, event, { price: 0 })
        await checkOut(app, visitor, {
          eventSlug: event.slug,
          lines: [{ ticketTypeId: type.id, quantity: 2 }],
          buyer: { name: 'Afi', email: 'afi@example.test' },
          idempotencyKey: 'managed',
          channel: 'web',
        })

        // It owns the tables, and sees nothing until it says for whom.
        expect(await app.scoped.selectFrom('event').select('id').execute()).toEqual([])
        const seen = await inScope(app, { kind: 'tenant', organizerIds: [event.organizer.id] }, (tx) => tx.selectFrom('event').select('id').execute())
        expect(seen.map((row) => row.id)).toEqual([event.id])
        expect(seen.map((row) => row.id)).not.toContain(foreign.id)
        await expect(app.db.updateTable('fact').set({ kind: 'changed' }).execute()).rejects.toThrow(/append-only/)

        const file = join(folder, 'managed.gz')
        await writeBackup(app, file)
        await restoreBackup(other, file, { force: false })
        expect((await checkInvariants(other.db)).filter((result) => result.count > 0)).toEqual([])
        expect(await other.db.selectFrom('ticket').select('status').execute()).toEqual([{ status: 'paid' }, { status: 'paid' }])
        expect(await other.scoped.selectFrom('event').select('id').execute()).toEqual([])
      } finally {
        await Promise.all([app.close(), other.close()])
      }
    })
    if (outcome !== 'done') context.skip('this server lets us make no roles')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
