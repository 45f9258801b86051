// Unpacks the Chromium that npm brought (@sparticuz/chromium) into .cache/, once per version. Journeys use it; nothing else does.
// Runs on Node 20 as well: it is part of `npm test` on a bare machine.
import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium')

/**
 * @param {(line: string) => void} say told before the work starts
 * @returns {Promise<string>} the folder with `chromium`, `lib/` (what a bare Linux lacks) and `fonts/`
 * @throws {Error} with one sentence where npm brought no browser for this machine
 */
export async function unpackBrowser(say) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`npm brings no browser for ${process.platform}-${process.arch}: set CHROMIUM_PATH to a Chromium of your own.`)
  if (!existsSync(PACKAGE)) throw new Error('The browser for the journeys is not installed: run npm ci.')
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  const target = join(ROOT, '.cache', `chromium-${version}`)
  if (existsSync(target)) return target
  say('Unpacking the browser that the journeys use (once)…')
  await mkdir(dirname(target), { recursive: true })
  const draft = await mkdtemp(`${target}-`)
  try {
    await Promise.all([
      pipeline(createReadStream(join(PACKAGE, 'bin/chromium.br')), createBrotliDecompress(), createWriteStream(join(draft, 'chromium'))),
      ...['al2023', 'swiftshader', 'fonts'].map((name) => unpackTar(join(PACKAGE, `bin/${name}.tar.br`), draft)),
    ])
    await chmod(join(draft, 'chromium'), 0o755)
    await writeFile(join(draft, 'fonts.conf'), fontsConfig(target))
    // Made private by mkdtemp; whoever may read the checkout may use the browser.
    await chmod(draft, 0o755)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another run unpacked the same a moment earlier.
    if (!existsSync(target)) throw error
  }
  return target
}

/** The machine's own fonts and, where it has none, the one that came along. */
function fontsConfig(folder) {
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', join(folder, 'fonts')].map((path) => `<dir>${path}</dir>`)
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders.join('')}<cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>\n`
}

async function unpackTar(archive, folder) {
  const tar = spawn('tar', ['-x', '--no-same-owner', '-C', folder], { stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = new Promise((done, fail) =>
    tar.on('error', fail).on('close', (code) => (code === 0 ? done() : fail(new Error(`tar could not unpack ${archive}`)))),
  )
  // tar may leave before it has read the zeros that pad an archive, which closes the pipe early: its exit code alone says whether all went well.
  await Promise.all([pipeline(createReadStream(archive), createBrotliDecompress(), tar.stdin).catch(() => {}), ended])
}
