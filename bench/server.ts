// The product's own server as a child process of a benchmark: nothing is switched off but logs and the worker.
import { readConfig } from '#src/config.ts'
import { start } from '#src/start.ts'

const running = await start(readConfig(), () => {})
process.send!({ url: running.url })
process.on('message', () => void running.stop().then(() => process.exit(0)))
