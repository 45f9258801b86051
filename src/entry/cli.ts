// The command line: `npm run guichet -- <group> <verb>`. What it knows stands in src/cli/command-line.ts.
import { seedDemoWorld } from '#seeds/demo-world.ts'
import { runCommandLine } from '#src/cli/command-line.ts'
import { readConfig } from '#src/config.ts'
import { describeNativeApi } from '#src/describe-api.ts'
import { explainFailure } from '#src/explain-failure.ts'
import { openApp } from '#src/open-app.ts'

// `… | head` stops reading early: no reason to complain.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runCommandLine(process.argv.slice(2), {
  say: (line) => {
    process.stdout.write(`${line}\n`)
  },
  complain: (line) => {
    process.stderr.write(`${line}\n`)
  },
  readConfig,
  // A command may be typed while the server runs: it then uses the server's database.
  openApp: async (config, options = {}) => {
    // What a command says is its answer; what the log says only matters where something is wrong.
    const quiet = config.logLevel === 'info' ? { ...config, logLevel: 'warn' as const } : config
    const opened = await openApp(quiet, {
      say: (line) => {
        process.stderr.write(`${line}\n`)
      },
      whenRunning: 'join',
      ...options,
    })
    opened.app.setPublicUrl(`http://localhost:${config.port}`)
    return opened
  },
  seed: (app, say) => seedDemoWorld(app, say),
  describeApi: describeNativeApi,
  explain: explainFailure,
})
