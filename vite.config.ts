// Builds what browsers run: islands and service workers. Pages are rendered by the server, styles served as they are: neither needs a build.
import { globSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const ROOT = fileURLToPath(new URL('src/web/', import.meta.url))
const OUT = fileURLToPath(new URL('dist/web/', import.meta.url))
const WORKERS = globSync('service-worker/*.ts', { cwd: ROOT })
const INPUTS = [...globSync('islands/*.{ts,tsx}', { cwd: ROOT }), ...WORKERS].filter((path) => !/\.test\./.test(path))

export default defineConfig({
  root: ROOT,
  publicDir: false,
  logLevel: 'warn',
  // Islands use the same components as the server.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2020',
    cssTarget: ['chrome99', 'safari15.4', 'firefox97'],
    // Files of their own: our content policy allows neither inline scripts nor inline styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: Object.fromEntries(INPUTS.map((path) => [path.replace(/\.\w+$/, ''), join(ROOT, path)])),
      output: {
        // A service worker keeps its address; everything else changes its name with its content and is cached for ever.
        entryFileNames: (chunk) =>
          chunk.name.startsWith('service-worker/') ? `workers/${basename(chunk.name)}.js` : `assets/${basename(chunk.name)}-[hash].js`,
        chunkFileNames: (chunk) => `assets/${basename(chunk.name)}-[hash].js`,
        assetFileNames: (asset) => `assets/${basename(asset.names[0] ?? 'asset').replace(/\.\w+$/, '')}-[hash][extname]`,
      },
    },
  },
  plugins: [compress()],
})

/** `.br` and `.gz` beside each file that gets smaller: compressed once here, not at each request. */
function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
        const path = join(OUT, name)
        if (!/\.(js|css|svg|wasm|json|webmanifest)$/.test(name) || statSync(path).size < 512) continue
        const bytes = readFileSync(path)
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }))
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}
