// A database of its own for whoever asks: a clone of the run's migrated template.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export type FreshDatabase = { url: string; drop(): Promise<void> }

/**
 * A migrated, otherwise empty database. Its role owns the tables.
 * @returns its address, and how to be rid of it (connections still open are cut)
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  const template = new URL(inject('templateUrl'))
  const templateName = template.pathname.slice(1)
  const name = `${templateName}_${randomBytes(6).toString('hex')}`
  await maintain(`CREATE DATABASE ${name} TEMPLATE ${templateName}`)
  template.pathname = `/${name}`
  return { url: template.href, drop: () => maintain(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

/** An empty database without our schema, for tests of migrations themselves. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const server = new URL(inject('templateUrl'))
  const name = `${server.pathname.slice(1)}_empty_${randomBytes(6).toString('hex')}`
  await maintain(`CREATE DATABASE ${name} TEMPLATE template0`)
  server.pathname = `/${name}`
  return { url: server.href, drop: () => maintain(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

/** An empty database that belongs to a role of its own, which is no superuser and may create no roles: what an operator often gives. */
export async function ownedDatabase(): Promise<FreshDatabase> {
  const server = new URL(inject('templateUrl'))
  const name = `${server.pathname.slice(1)}_owned_${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  await maintain(`CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEROLE PASSWORD '${password}'`)
  await maintain(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`)
  Object.assign(server, { pathname: `/${name}`, username: name, password })
  return {
    url: server.href,
    async drop() {
      await maintain(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await maintain(`DROP ROLE IF EXISTS ${name}`)
    },
  }
}

/** One statement on the server's maintenance database: databases can't be made or dropped from inside themselves. */
async function maintain(statement: string): Promise<void> {
  const server = new URL(inject('templateUrl'))
  server.pathname = '/postgres'
  const client = new pg.Client(server.href)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
