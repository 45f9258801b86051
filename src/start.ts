// Starts what a process needs, in order, and stops it in the reverse order.
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { BuiltApp } from './app.ts'
import type { Config } from './config.ts'
import { seedDemoWorld } from '#seeds/demo-world.ts'
import { openApp } from './open-app.ts'
import { buildServer } from './server.ts'
import { startWorker } from './worker/runner.ts'

export type Running = {
  app: BuiltApp
  /** Where the embedded database lies; null for the operator's own. */
  databaseFolder: string | null
  /** Null where this process only works off jobs. */
  url: string | null
  /** Finishes what was begun (requests, jobs), then closes connections and the database. */
  stop(): Promise<void>
}

/**
 * Opens the database, brings it up to date, seeds the demo world the first time, listens, and works off jobs, as the roles say.
 * @param say told what takes time, a sentence at a time
 * @throws ConfigError, EmbeddedPostgresError, or the system's own error; `explainFailure` makes a sentence of each
 */
export async function start(config: Config, say: (line: string) => void): Promise<Running> {
  await using begun = new AsyncDisposableStack()
  const { app, databaseFolder, close } = await openApp(config, { say, whenRunning: 'refuse' })
  begun.defer(close)

  const doors: (() => Promise<unknown>)[] = []
  // All doors close together: a slow job must not keep the server open, nor a slow request the worker busy.
  begun.defer(async () => {
    await Promise.all(doors.map((close) => close()))
  })
  let url: string | null = null
  if (config.roles.includes('web')) {
    const server = await buildServer(app)
    doors.push(() => closeServer(server))
    url = await listen(server, config)
    app.setPublicUrl(url)
    if (config.demoWorld) await seedDemoWorld(app, say)
  }
  if (config.roles.includes('worker')) {
    const worker = await startWorker(app)
    doors.push(() => worker.stop())
  }

  const owned = begun.move()
  return { app, databaseFolder, url, stop: () => owned.disposeAsync() }
}

/** Stops accepting and waits for the requests under way, and so for the batches that they stand in. */
async function closeServer(server: FastifyInstance): Promise<void> {
  // A browser keeps its connection open after the answer: Node closes those that are idle now, we those that become idle.
  const sweep = setInterval(() => server.server.closeIdleConnections(), 50)
  try {
    await server.close()
  } finally {
    clearInterval(sweep)
  }
}

/** @returns the address as a person on this machine would type it */
async function listen(server: FastifyInstance, config: Config): Promise<string> {
  await server.listen({ host: config.host, port: config.port })
  const { port } = server.server.address() as AddressInfo
  const everywhere = config.host === '0.0.0.0' || config.host === '::'
  const host = everywhere || config.host === '127.0.0.1' ? 'localhost' : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
