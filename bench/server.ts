// The product's own server as a child process of a benchmark: nothing is switched off but logs and the worker.
import { readConfig } from '#src/config.ts'
import { start } from '#src/start.ts'
import { obey } from './child.ts'

const running = await start(readConfig(), () => {})
obey(() => running.stop())
process.send!({ url: running.url })
