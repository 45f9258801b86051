// Who may import whom, and who may name whose tables: pure functions over sources, so that planted violations can be tried.
import { posix } from 'node:path'

export type Source = { path: string; imports: readonly string[] }

/** Each module and the modules it may know. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  identity: [],
  payments: ['identity'],
  plans: ['identity', 'payments'],
  events: ['identity', 'plans'],
  ticketing: ['identity', 'events', 'payments'],
  access: ['identity', 'events', 'ticketing'],
  social: ['identity', 'events'],
  moderation: ['identity', 'events', 'ticketing', 'social'],
  notifications: ['identity', 'payments', 'plans', 'events', 'ticketing', 'access', 'social', 'moderation'],
}

type Part =
  | { layer: 'kernel' | 'locales' | 'config' | 'platform' | 'reads' | 'root' }
  | { layer: 'module'; module: string; isPublic: boolean }
  | { layer: 'door'; door: string }
  | { layer: 'outside' }

/** The paths of a source's imports that stay in this repository, type imports included: they couple as much as others. */
export function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/^\s*(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)
  return [...found]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .flatMap((name) => {
      if (name.startsWith('#')) return [name.slice(1)]
      return name.startsWith('.') ? [posix.join(posix.dirname(path), name)] : []
    })
}

/** What a list of sources does against the dependency table, as sentences; empty where all is well. */
export function forbiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap((target) => {
      const reason = whyForbidden(partOf(path), partOf(target), target)
      return reason ? [`${path} imports ${target}: ${reason}`] : []
    }),
  )
}

function whyForbidden(from: Part, to: Part, target: string): string | null {
  if (from.layer === 'outside' || from.layer === 'root') return null
  if (to.layer === 'outside')
    return target.startsWith('test/') || target.startsWith('seeds/') ? 'the product does not know its tests and seeds' : null
  if (to.layer === 'root') return 'only src/app.ts, its neighbours and src/entry see how the whole is put together'
  if (to.layer === 'module' && !to.isPublic && !(from.layer === 'module' && from.module === to.module))
    return `only files at the root of modules/${to.module} are public`
  switch (from.layer) {
    case 'kernel':
      return to.layer === 'kernel' ? null : 'the kernel knows nobody'
    case 'config':
      return to.layer === 'kernel' ? null : 'the configuration knows only the kernel'
    case 'locales':
      return ['kernel', 'locales'].includes(to.layer) || (to.layer === 'module' && target.endsWith('/errors.ts'))
        ? null
        : 'catalogs know only which errors there are'
    case 'platform':
      return ['kernel', 'config', 'platform'].includes(to.layer) ? null : 'the platform knows only the kernel'
    case 'module':
      return whyModuleMayNot(from.module, to)
    case 'reads':
      return to.layer === 'door' ? 'reads know no door' : null
    case 'door':
      return to.layer === 'door' && to.door !== from.door ? 'doors never import each other' : null
  }
}

function whyModuleMayNot(module: string, to: Part): string | null {
  const known = MODULES[module]
  if (!known) return `modules/${module} is not in the dependency table`
  if (to.layer === 'door' || to.layer === 'reads') return 'modules know neither reads nor doors'
  if (to.layer === 'module' && to.module !== module && !known.includes(to.module)) return `${module} may not know ${to.module}`
  return null
}

function partOf(path: string): Part {
  const [top, first, second, ...deeper] = path.split('/')
  if (top !== 'src' || !first) return { layer: 'outside' }
  switch (first) {
    case 'kernel':
    case 'locales':
    case 'platform':
    case 'reads':
      return { layer: first }
    case 'config.ts':
      return { layer: 'config' }
    case 'modules':
      return { layer: 'module', module: second ?? '', isPublic: deeper.length === 1 }
    // Each of our APIs and each dialect is an island; what stands directly in http/ is a door of its own.
    case 'http':
      return { layer: 'door', door: second === 'dialects' ? `dialects/${deeper[0]}` : `http/${second}` }
    case 'web':
    case 'worker':
    case 'cli':
      return { layer: 'door', door: first }
    default:
      return { layer: 'root' }
  }
}

/** Each table and the part of the tree that it belongs to: a module's name, or `platform`. Migrations are named after their module. */
export function tableOwners(migrations: readonly { name: string; text: string }[]): Map<string, string> {
  return new Map(
    migrations.flatMap(({ name, text }) => {
      const word = /^\d{4}-([a-z]+)/.exec(name)?.[1] ?? ''
      return [...text.matchAll(/^\s*CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)/gim)].map(
        (match) => [match[1] ?? '', word in MODULES ? word : 'platform'] as const,
      )
    }),
  )
}

const READS = [/\.(?:selectFrom|(?:inner|left|right|full|cross)Join(?:Lateral)?)\(\s*\[?['"](\w+)/g, /\b(?:FROM|JOIN)\s+(?:ONLY\s+)?([a-z_]+)\b/g]
const WRITES = [/\.(?:insertInto|updateTable|deleteFrom|mergeInto)\(\s*\[?['"](\w+)/g, /\b(?:UPDATE|INTO|DELETE\s+FROM)\s+(?:ONLY\s+)?([a-z_]+)\b/g]

/**
 * Where a source names tables against the law, in Kysely's calls or in plain SQL. A module's tables are written in its own store/ and
 * nowhere else. They are read there, in src/reads, and in the stores of modules that may know the owner (a join saves a round trip).
 */
export function foreignTables(path: string, text: string, owners: ReadonlyMap<string, string>): string[] {
  const [, area, module = '', folder] = path.split('/')
  const mayWrite = (owner: string) => (owner === 'platform' ? area === 'platform' : area === 'modules' && module === owner && folder === 'store')
  // A backup is about every table there is.
  const mayRead = (owner: string) =>
    mayWrite(owner) ||
    area === 'reads' ||
    path.startsWith('src/platform/backup/') ||
    (area === 'modules' && folder === 'store' && (owner === 'platform' || (MODULES[module] ?? []).includes(owner)))
  // Facts are append-only, and a hot path writes them in the statement that makes them true.
  const mayAppend = (table: string) => table === 'fact' && area === 'modules' && folder === 'store'
  // The door moves a ticket in the statement that counts it: one round trip under the ticket's lock.
  const mayMove = (table: string) => table === 'ticket' && path.startsWith('src/modules/access/store/')
  const against = (verb: string, patterns: readonly RegExp[], may: (owner: string) => boolean) =>
    [...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => snake(match[1] ?? ''))))].flatMap((table) => {
      const owner = owners.get(table)
      return owner && !may(owner) && !mayAppend(table) && !mayMove(table) ? [`${path} ${verb} the table ${table} of ${owner}`] : []
    })
  return [...against('reads', READS, mayRead), ...against('writes', WRITES, mayWrite)]
}

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
