// From the name of a browser file in the source to the address of the built one.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

type Entry = { file: string; imports?: string[] }
type Manifest = Record<string, Entry>

// What `npm run build` writes: `assets/` changes names with its content, `workers/` keeps them and is served by who knows their scope.
const BUILT = fileURLToPath(new URL('../../../dist/web/', import.meta.url))

let manifest: Manifest | undefined

/**
 * The address of a built file: `asset('islands/scanner.ts')` → `/assets/scanner-BxYz.js`.
 * Where nothing was built (most tests) an address comes back at which nothing lies, so that pages still render.
 */
export function asset(name: string): string {
  return `/${read()[name]?.file ?? `assets/${name}`}`
}

/** What an island imports in turn, for `<link rel="modulepreload">`: on a slow network each level saves a round trip. */
export function assetPreloads(name: string): string[] {
  return [...collect(name, new Set())].map((key) => `/${read()[key]?.file}`)
}

function collect(name: string, found: Set<string>): Set<string> {
  for (const key of read()[name]?.imports ?? []) {
    if (found.has(key)) continue
    found.add(key)
    collect(key, found)
  }
  return found
}

/** The built script of a service worker; undefined where nothing was built. */
export function workerScript(name: string): string | undefined {
  try {
    return readFileSync(join(BUILT, 'workers', `${name}.js`), 'utf8')
  } catch {
    return undefined
  }
}

function read(): Manifest {
  if (manifest) return manifest
  try {
    manifest = JSON.parse(readFileSync(join(BUILT, 'manifest.json'), 'utf8')) as Manifest
  } catch {
    manifest = {}
  }
  return manifest
}

/** Serves the built files, compressed beforehand. */
export async function serveAssets(server: FastifyInstance): Promise<void> {
  // Nothing built: most tests do without, and a server started by `npm start` never is.
  if (!existsSync(join(BUILT, 'manifest.json'))) return
  const shared = { preCompressed: true, wildcard: false, index: false as const, decorateReply: false }
  await server.register(fastifyStatic, { ...shared, root: join(BUILT, 'assets'), prefix: '/assets/', immutable: true, maxAge: '1y' })
}
