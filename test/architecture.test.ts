// The law of the tree: the dependency table, private folders, one reader of the environment, tables named by their owners only.
import { globSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { forbiddenImports, foreignTables, importsOf, tableOwners } from './architecture-rules.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const sources = globSync('src/**/*.{ts,tsx}', { cwd: ROOT })
  .filter((path) => !/\.test\.tsx?$/.test(path))
  .map((path) => ({ path, text: read(path) }))
const owners = tableOwners(readdirSync(join(ROOT, 'migrations')).map((name) => ({ name, text: read(`migrations/${name}`) })))

describe('the tree', () => {
  const imports = sources.map(({ path, text }) => ({ path, imports: importsOf(path, text) }))

  test('was really analysed', () => {
    expect(sources.length).toBeGreaterThan(40)
    expect(imports.flatMap((source) => source.imports).length).toBeGreaterThan(100)
    expect(owners.size).toBeGreaterThan(20)
    // Every import that stays at home names a file that exists: the analysis sees what Node sees.
    const lost = imports.flatMap(({ path, imports: targets }) =>
      targets.filter((target) => globSync(target, { cwd: ROOT }).length === 0).map((target) => `${path}: ${target}`),
    )
    expect(lost).toEqual([])
  })

  test('keeps the dependency table', () => expect(forbiddenImports(imports)).toEqual([]))

  test('writes a table in its own store only, and reads it where its owner is known', () => {
    expect(sources.flatMap(({ path, text }) => foreignTables(path, text, owners))).toEqual([])
  })

  test('reads the environment in config.ts only', () => {
    expect(sources.filter(({ path, text }) => path !== 'src/config.ts' && text.includes('process.env')).map(({ path }) => path)).toEqual([])
  })

  test('has neither barrels nor drawers', () => {
    const vague = /(^|\/)(index|utils?|helpers?|common|services?|managers?)(\.tsx?$|\/)/
    expect(sources.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([])
  })

  test('says in the first line of each file what it holds', () => {
    expect(sources.filter(({ text }) => !/^\/[/*]/.test(text)).map(({ path }) => path)).toEqual([])
  })
})

describe('the rules see', () => {
  const refused = (path: string, target: string) => forbiddenImports([{ path, imports: [target] }])

  test.each([
    ['src/kernel/money.ts', 'src/platform/db.ts', 'the kernel knows nobody'],
    ['src/platform/db.ts', 'src/modules/events/event.ts', 'the platform knows only the kernel'],
    ['src/modules/payments/settle-payment.ts', 'src/modules/ticketing/order.ts', 'payments may not know ticketing'],
    ['src/modules/ticketing/place-order.ts', 'src/modules/notifications/send-tickets.ts', 'ticketing may not know notifications'],
    ['src/modules/ticketing/place-order.ts', 'src/modules/events/store/events.ts', 'only files at the root of modules/events are public'],
    ['src/web/public/event.tsx', 'src/modules/events/store/events.ts', 'only files at the root of modules/events are public'],
    ['src/modules/events/event.ts', 'src/reads/sales.ts', 'modules know neither reads nor doors'],
    ['src/modules/events/event.ts', 'src/http/api/problem.ts', 'modules know neither reads nor doors'],
    ['src/modules/gifts/gift.ts', 'src/kernel/id.ts', 'modules/gifts is not in the dependency table'],
    ['src/web/public/event.tsx', 'src/http/api/events.ts', 'doors never import each other'],
    ['src/http/dialects/eventgo/scan.ts', 'src/http/dialects/spotvibe/words.ts', 'doors never import each other'],
    ['src/http/dialects/eventgo/scan.ts', 'src/http/api/problem.ts', 'doors never import each other'],
    ['src/reads/sales.ts', 'src/web/ui/format.ts', 'reads know no door'],
    ['src/web/public/event.tsx', 'src/app.ts', 'only src/app.ts, its neighbours and src/entry see how the whole is put together'],
    ['src/modules/events/event.ts', 'test/factories.ts', 'the product does not know its tests and seeds'],
    ['src/locales/fr.ts', 'src/modules/events/event.ts', 'catalogs know only which errors there are'],
  ])('%s importing %s', (path, target, reason) => expect(refused(path, target)).toEqual([`${path} imports ${target}: ${reason}`]))

  test.each([
    ['src/modules/ticketing/place-order.ts', 'src/modules/ticketing/store/orders.ts'],
    ['src/modules/ticketing/place-order.ts', 'src/modules/payments/start-payment.ts'],
    ['src/http/dialects/eventgo/scan.ts', 'src/modules/access/request-scan.ts'],
    ['src/http/dialects/eventgo/scan.ts', 'src/http/dialects/eventgo/words.ts'],
    ['src/reads/sales.ts', 'src/modules/ticketing/order.ts'],
    ['src/entry/serve.ts', 'src/app.ts'],
  ])('nothing wrong in %s importing %s', (path, target) => expect(refused(path, target)).toEqual([]))

  test('every way to import', () => {
    const text = `import a from '#src/a.ts'\nimport {\n  b,\n} from './b.ts'\nimport type { C } from "../c.ts"\nexport { d } from './d.ts'\nimport './e.ts'\nconst f = await import('./f.ts')\nimport pg from 'pg'\n`
    expect(importsOf('src/x/y.ts', text)).toEqual(['src/a.ts', 'src/x/b.ts', 'src/c.ts', 'src/x/d.ts', 'src/x/e.ts', 'src/x/f.ts'])
  })

  test('a foreign table in Kysely and in plain SQL', () => {
    const tables = tableOwners([
      { name: '0004-ticketing.sql', text: 'CREATE TABLE ticket_order (\n' },
      { name: '0001-foundation.sql', text: 'CREATE TABLE fact (' },
    ])
    const read = "db.selectFrom('ticketOrder as o')\nsql`SELECT 1 FROM fact`"
    const write = "db.deleteFrom('ticketOrder')\nsql`INSERT INTO fact (kind) VALUES (1)`"
    expect(foreignTables('src/modules/events/store/events.ts', read, tables)).toEqual([
      'src/modules/events/store/events.ts reads the table ticket_order of ticketing',
    ])
    expect(foreignTables('src/modules/ticketing/place-order.ts', read, tables)).toHaveLength(2)
    expect(foreignTables('src/modules/ticketing/place-order.ts', write, tables)).toHaveLength(2)
    expect(foreignTables('src/web/public/event.tsx', read, tables)).toHaveLength(2)
    expect(foreignTables('src/modules/access/store/scans.ts', read, tables)).toEqual([])
    expect(foreignTables('src/modules/access/store/scans.ts', write, tables)).toHaveLength(1)
    expect(foreignTables('src/reads/sales.ts', read, tables)).toEqual([])
    expect(foreignTables('src/reads/sales.ts', write, tables)).not.toEqual([])
    expect(foreignTables('src/modules/ticketing/store/orders.ts', "db.deleteFrom('ticketOrder')", tables)).toEqual([])
  })
})
