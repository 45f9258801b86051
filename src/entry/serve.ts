// The server process: `npm start`. What it starts stands in src/start.ts, how it ends in src/shutdown.ts.
import { readConfig } from '#src/config.ts'
import { explainFailure } from '#src/explain-failure.ts'
import { stopOnSignals } from '#src/shutdown.ts'
import { start } from '#src/start.ts'
import { summarize } from '#src/summary.ts'

const say = (line: string) => {
  process.stdout.write(`${line}\n`)
}

try {
  const running = await start(readConfig(), say)
  stopOnSignals(() => running.stop(), say)
  say(summarize(running))
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`)
  process.exit(1)
}
