// `npm start` and `npm test` on a machine that has nothing but Node 20 and npm: installs and builds what is missing, then runs.
// Plain JavaScript without dependencies: at the first start there is nothing else, and Node is the machine's own.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const HOOK = join(ROOT, 'scripts/tsx-hook.mjs')
const LEASH = join(ROOT, 'scripts/leash.mjs')
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')
const BUILT_FROM = join(ROOT, 'dist/web/built-from')
const NEEDED = 24
const OLDEST = 20

/** A failure that a sentence explains. */
class Trouble extends Error {}

const say = (line) => process.stderr.write(`${line}\n`)
const [command, ...args] = process.argv.slice(2)
const commands = { start, test, dev, build: () => build({ force: true }), guichet }

try {
  if (Number(process.versions.node.split('.')[0]) < OLDEST)
    throw new Trouble(`Guichet needs Node ${OLDEST} or newer, and this is Node ${process.versions.node}: see https://nodejs.org.`)
  if (!Object.hasOwn(commands, command)) throw new Trouble(`Usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')}`)
  process.chdir(ROOT)
  process.exitCode = await commands[command]()
} catch (error) {
  say(error instanceof Trouble ? error.message : error.stack)
  process.exitCode = 1
}

// ── Commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function start() {
  // An operator may have installed without the build tools; they are only wanted where there is something to build.
  await install({ tools: !isBuilt() })
  await build({ force: false })
  return serve()
}

async function dev() {
  await install({ tools: true })
  // What the watcher builds is not what the sources as a whole would give: the next start builds anew.
  rmSync(BUILT_FROM, { force: true })
  const builder = spawn(node(), [VITE, 'build', '--watch', '--mode', 'development'], { stdio: ['ignore', 'ignore', 'inherit'] })
  process.on('exit', () => builder.kill())
  let child = null
  let ending = false
  let changed = false
  let wake = () => {}
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      ending = true
      if (!child) process.exit(0)
    })
  }
  let timer
  for (const folder of ['src', 'migrations', 'seeds'].filter((name) => existsSync(name))) {
    // An editor writes in several steps: restart once, when it has finished.
    watch(folder, { recursive: true }, () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        changed = true
        child?.kill('SIGTERM')
        wake()
      }, 150)
    })
  }
  for (;;) {
    changed = false
    const code = await serve((started) => {
      child = started
    })
    child = null
    if (ending) process.exit(code)
    if (changed) continue
    say('The server ended; it starts again at the next change.')
    await new Promise((done) => {
      wake = done
    })
  }
}

/** The command line of the product: no build, and the exit code of the command. */
async function guichet() {
  await install({ tools: false })
  return run(node(), [...environment(), '--import', HOOK, 'src/entry/cli.ts', ...args])
}

async function test() {
  await install({ tools: true })
  await build({ force: false })
  if (!process.env.CHROMIUM_PATH) {
    const { unpackBrowser } = await import('./unpack-browser.mjs')
    await unpackBrowser(say).catch((error) => {
      throw new Trouble(error.message)
    })
  }
  const results = join(ROOT, '.cache/test-results.json')
  mkdirSync(dirname(results), { recursive: true })
  rmSync(results, { force: true })
  const code = await run(node(), [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...args,
  ])
  const { passed, failed } = count(results)
  // A run that broke outside any test (a file that doesn't load, a stray rejection) must not read as clean.
  process.stdout.write(`\n${passed} passed, ${code === 0 ? failed : Math.max(failed, 1)} failed\n`)
  return code
}

function count(results) {
  if (!existsSync(results)) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  return { passed: numPassedTests, failed: numFailedTests + unloadable }
}

// ── Installing ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function install({ tools }) {
  const missing = whatIsMissing(tools)
  if (!missing) return
  say(`Installing what Guichet needs (${missing}); this takes a minute, once…`)
  // Run by npm, we know npm's own file; the shell's `npm` may be another one, or none.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const code = await run(npm[0], [...npm.slice(1), 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0) throw new Trouble('npm ci failed: what it said stands above. It needs the npm registry and some 1.2 GB of disk.')
  // On a Linux without glibc, npm has now put a Node first in its PATH that can't run there.
  if (existsSync('node_modules/.bin/node') && !runs('node_modules/.bin/node')) rmSync('node_modules/.bin/node')
}

/** Compares what npm noted about node_modules with package-lock.json; null where nothing is missing. */
function whatIsMissing(tools) {
  const wanted = readJson('package-lock.json')?.packages
  if (!wanted) throw new Trouble('package-lock.json is missing or damaged: restore it from the repository.')
  const installed = readJson('node_modules/.package-lock.json')?.packages
  if (!installed) return 'nothing is installed yet'
  for (const [path, { version, optional, devOptional, dev, peer }] of Object.entries(wanted)) {
    if (path === '') continue
    const there = installed[path]
    if (!there && (optional || devOptional || peer || (dev && !tools))) continue
    if (there?.version !== version || (there && !existsSync(path))) return `${path.slice('node_modules/'.length)} ${version}`
  }
  return null
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

// ── Building ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function isBuilt() {
  return existsSync(BUILT_FROM) && readFileSync(BUILT_FROM, 'utf8') === fingerprint()
}

async function build({ force }) {
  if (!force && isBuilt()) return 0
  await install({ tools: true })
  say('Building what browsers run…')
  const before = fingerprint()
  const code = await run(node(), [VITE, 'build'])
  if (code !== 0) throw new Trouble('The build failed: what Vite said stands above.')
  mkdirSync(dirname(BUILT_FROM), { recursive: true })
  writeFileSync(BUILT_FROM, before)
  return 0
}

/** Of everything that a build may read; by content, since a checkout gives every file a new date. */
function fingerprint() {
  const hash = createHash('sha256')
  const files = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|css|svg)$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  for (const file of ['package-lock.json', 'vite.config.ts', ...files.sort()]) hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

// ── Running ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Node 24: the one that runs us, or the one that npm installed. */
function node() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath
  const bundled = join(ROOT, `node_modules/node-${process.platform}-${process.arch}/bin/node`)
  if (existsSync(bundled) && runs(bundled)) return bundled
  throw new Trouble(
    `Guichet runs on Node ${NEEDED} or newer. npm brings it for Linux with glibc on x64 and arm64 only, so here (${process.platform}-${process.arch}) please install Node ${NEEDED} first.`,
  )
}

function runs(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

/** What the environment itself sets wins over the file. */
function environment() {
  return existsSync('.env') ? ['--env-file=.env'] : []
}

/** Runs the server on a leash: it ends with us, however we end. */
function serve(started = () => {}) {
  return run(node(), [...environment(), '--import', HOOK, '--import', LEASH, 'src/entry/serve.ts', ...args], { leash: true, started })
}

/**
 * Runs a program in our place: same terminal, our signals passed on, its exit code ours.
 * It gets a session of its own, since Ctrl-C would otherwise reach it twice: from the terminal and from us.
 */
function run(program, programArgs, { leash = false, started = () => {} } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, programArgs, { stdio: leash ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit', detached: leash })
    const signals = leash ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP']
    let last = -Infinity
    const forward = (signal) => {
      // npm passes on what the terminal has already sent to us: two signals this close are one.
      if (performance.now() - last > 300) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
      last = performance.now()
    }
    for (const signal of signals) process.on(signal, forward)
    const ignore = () => {}
    if (!leash) process.on('SIGINT', ignore)
    child.on('error', fail)
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      process.off('SIGINT', ignore)
      done(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1))
    })
    // npm killed outright takes nobody with it by itself. After a signal it goes first, in good order: that is no reason to hurry.
    if (leash && process.env.npm_lifecycle_event) {
      const before = lineage()
      setInterval(() => {
        if (last < 0 && lineage() !== before) forward('SIGTERM')
      }, 1000).unref()
    }
    started(child)
  })
}

/** The processes from us up to npm, between which there is a shell or none; it changes when one of them dies. */
function lineage() {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'))
    return /^(ba|da|a)?sh$/.test(name) ? `${process.ppid} ${parent}` : `${process.ppid}`
  } catch {
    return `${process.ppid}`
  }
}
