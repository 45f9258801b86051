// The native API's description as YAML, without listening and without a database: the routes alone make it.
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { buildServer } from './server.ts'

/** The same on every machine, whatever its configuration: what openapi/native.yaml holds. */
export async function describeNativeApi(): Promise<string> {
  const app = await buildApp({ config: readConfig({ NODE_ENV: 'test' }), databaseUrl: 'postgres://nowhere.invalid/none', connect: false })
  const server = await buildServer(app)
  try {
    return (await server.inject('/api/v1/openapi.yaml')).body
  } finally {
    await server.close()
    await app.close()
  }
}
