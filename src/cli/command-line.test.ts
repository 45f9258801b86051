import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig, type Config } from '#src/config.ts'
import { describeNativeApi } from '#src/describe-api.ts'
import { explainFailure } from '#src/explain-failure.ts'
import { openApp } from '#src/open-app.ts'
import { checkOut } from '#src/modules/ticketing/check-out.ts'
import { testApp } from '#test/app.ts'
import { emptyDatabase } from '#test/database.ts'
import { buildEvent, buildOrganizer, buildTicketType } from '#test/factories.ts'
import type { CliContext } from './command.ts'
import { runCommandLine } from './command-line.ts'

const app = testApp()
const folder = mkdtempSync(join(tmpdir(), 'guichet-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a line of words answers: exit code, what was said, what was complained about. */
async function guichet(words: string, env: Record<string, string> = {}): Promise<{ code: number; said: string; complained: string }> {
  const said: string[] = []
  const complained: string[] = []
  const context: CliContext = {
    say: (line) => said.push(line),
    complain: (line) => complained.push(line),
    readConfig: () =>
      readConfig({ NODE_ENV: 'test', DATABASE_URL: app.databaseUrl, DATA_DIR: app.config.dataDir, PUBLIC_URL: 'http://guichet.test', ...env }),
    openApp: (config: Config, options = {}) => openApp(config, { say: () => {}, whenRunning: 'join', ...options }),
    seed: async () => false,
    describeApi: describeNativeApi,
    explain: explainFailure,
  }
  const code = await runCommandLine(words.split(' ').filter(Boolean), context)
  return { code, said: said.join('\n'), complained: complained.join('\n') }
}

describe('the command line', () => {
  test('shows what it can do when nothing is asked', async () => {
    for (const words of ['', 'help', '--help']) {
      const { code, said } = await guichet(words)
      expect(code).toBe(0)
      for (const command of [
        'doctor',
        'seed',
        'user create',
        'order show',
        'order resend',
        'db migrate',
        'db backup',
        'db restore',
        'config',
        'openapi',
      ])
        expect(said).toContain(command)
    }
  })

  test('answers 2 to what it does not understand, and says what it does', async () => {
    expect(await guichet('dance')).toMatchObject({ code: 2, complained: expect.stringContaining('Unknown command: dance') as string })
    expect((await guichet('db dance')).complained).toContain('db backup <file>')
    expect((await guichet('db dance')).complained).not.toContain('doctor')
    expect((await guichet('db backup')).code).toBe(2)
    expect((await guichet('doctor --loud')).code).toBe(2)
  })

  test('prints the configuration masked, or what is wrong with it', async () => {
    expect((await guichet('config')).said).toMatch(/masterKey +development default/)
    expect(await guichet('config', { PORT: 'x' })).toMatchObject({
      code: 1,
      complained: expect.stringContaining('PORT must be a whole number') as string,
    })
  })
})

describe('doctor', () => {
  // The tests' own server forgoes durability, and the doctor is right to say so.
  const findings = (said: string, status: string) =>
    said
      .split('\n')
      .filter((line) => line.startsWith(status))
      .map((line) => line.slice(6).split(/ {2,}/)[0])
      .filter((name) => name !== 'durability')

  test('finds a healthy installation healthy', async () => {
    const { said } = await guichet('doctor')
    expect(findings(said, 'fail')).toEqual([])
    expect(said).toMatch(/^ok +row security +binds guichet_app$/m)
  })

  test('names each contradiction of the configuration, and looks no further', async () => {
    const { code, said } = await guichet('doctor', { PORT: 'x', LOG_LEVEL: 'loud' })
    expect(code).toBe(1)
    expect(findings(said, 'fail')).toEqual(['configuration', 'configuration'])
    expect(said).not.toContain('migrations')
  })

  test('names a database that does not answer, one that was never migrated, a mail server that is not there', async () => {
    const gone = await guichet('doctor', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
    expect([gone.code, findings(gone.said, 'fail')]).toEqual([1, ['database']])
    const empty = await emptyDatabase()
    try {
      const { code, said } = await guichet('doctor', { DATABASE_URL: empty.url, SMTP_URL: 'smtp://127.0.0.1:1' })
      expect([code, findings(said, 'fail')]).toEqual([1, ['migrations', 'mail']])
      expect(said).toContain('npm run guichet -- db migrate')
    } finally {
      await empty.drop()
    }
  })

  test('names event keys that another secret sealed', async () => {
    const event = await buildEvent(app)
    const { code, said } = await guichet('doctor', { GUICHET_SECRET: 'quite another secret than before, and long enough' })
    expect([code, findings(said, 'fail')]).toEqual([1, ['keys']])
    expect(said).toContain(`event ${event.id}`)
  })

  test('names switched-off row security and a broken invariant, with the order at fault and what to do', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const { code: orderCode } = await checkOut(
      app,
      { kind: 'visitor', locale: 'fr', ip: null },
      {
        eventSlug: event.slug,
        lines: [{ ticketTypeId: type.id, quantity: 2 }],
        buyer: { name: 'Afi', email: 'afi@example.test' },
        idempotencyKey: 'doctor',
        channel: 'web',
      },
    )
    await app.ownerPool.query('DELETE FROM ticket WHERE id = (SELECT min(id::text)::uuid FROM ticket WHERE event_id = $1)', [event.id])
    await app.ownerPool.query('ALTER TABLE gate DISABLE ROW LEVEL SECURITY')
    const { code, said } = await guichet('doctor')
    await app.ownerPool.query('ALTER TABLE gate ENABLE ROW LEVEL SECURITY')
    expect(code).toBe(1)
    expect(findings(said, 'fail')).toEqual(['row security', 'quota-counts-tickets', 'order-has-its-tickets'])
    expect(said).toContain(`order ${orderCode}: 1 tickets for 2`)
    await app.ownerPool.query('DELETE FROM ticket WHERE event_id = $1', [event.id])
    await app.ownerPool.query('DELETE FROM ticket_order WHERE event_id = $1', [event.id])
    await app.ownerPool.query('UPDATE quota_counter SET sold = 0 WHERE event_id = $1', [event.id])
  })
})

describe('user create', () => {
  test('makes an account that can sign in with the password it prints', async () => {
    const { code, said } = await guichet('user create boss@example.test --name=Boss --role=admin')
    expect(code).toBe(0)
    const password = /First password: (\S+)/.exec(said)![1]!
    const login = await app.server.inject({ method: 'POST', url: '/api/v1/auth/login', payload: { email: 'boss@example.test', password } })
    expect(login.statusCode).toBe(200)
    expect((await guichet('user create boss@example.test')).complained).toContain('email_taken')
    expect((await guichet('user create king@example.test --role=king')).code).toBe(2)
  })
})

describe('order', () => {
  test('shows everything about an order, and sends its tickets again', async () => {
    const event = await buildEvent(app, { organizer: await buildOrganizer(app), title: 'Nuit blanche' })
    const type = await buildTicketType(app, event, { price: 0 })
    const { code } = await checkOut(
      app,
      { kind: 'visitor', locale: 'fr', ip: null },
      {
        eventSlug: event.slug,
        lines: [{ ticketTypeId: type.id, quantity: 1 }],
        buyer: { name: 'Kossi', email: 'kossi@example.test' },
        idempotencyKey: 'show',
        channel: 'web',
      },
    )
    const shown = await guichet(`order show ${code.toLowerCase()}`)
    expect(shown.code).toBe(0)
    for (const part of [code, 'paid', 'Nuit blanche', 'Kossi, kossi@example.test', 'ticket ', 'order.paid by visitor'])
      expect(shown.said).toContain(part)
    expect((await guichet(`order resend ${code}`)).code).toBe(0)
    const facts = await app.db
      .selectFrom('fact')
      .select(['kind', 'actor'])
      .where('eventId', '=', event.id)
      .where('actor', '=', 'system:command-line')
      .execute()
    expect(facts).toHaveLength(1)
    expect(await guichet('order show NOTHING123')).toMatchObject({ code: 1, complained: expect.stringContaining('not_found') as string })
  })
})

describe('db', () => {
  test('saves and restores through one file', async () => {
    const file = join(folder, 'all.gz')
    expect((await guichet(`db backup ${file}`)).said).toMatch(/^Saved \d+ rows of \d+ tables/)
    expect(await guichet(`db backup ${file}`)).toMatchObject({ code: 1, complained: expect.stringContaining('exists already') as string })
    const empty = await emptyDatabase()
    try {
      const env = { DATABASE_URL: empty.url, DATA_DIR: join(folder, 'elsewhere') }
      expect((await guichet(`db restore ${file}`, env)).said).toMatch(/Every count and checksum agrees/)
      expect(await guichet(`db restore ${file}`, env)).toMatchObject({ code: 1, complained: expect.stringContaining('not empty') as string })
      expect((await guichet(`db restore ${file} --force`, env)).said).toMatch(/^Replaced \d+ rows/)
    } finally {
      await empty.drop()
    }
    writeFileSync(join(folder, 'other.gz'), 'no backup at all')
    expect((await guichet(`db restore ${join(folder, 'other.gz')} --force`)).code).toBe(1)
    expect((await guichet(`db restore ${join(folder, 'missing.gz')}`)).code).toBe(1)
  })

  test('migrates once', async () => {
    const empty = await emptyDatabase()
    try {
      expect((await guichet('db migrate', { DATABASE_URL: empty.url })).said).toContain('applied 0001-foundation.sql')
      expect((await guichet('db migrate', { DATABASE_URL: empty.url })).said).toContain('Nothing to do')
    } finally {
      await empty.drop()
    }
  })
})
