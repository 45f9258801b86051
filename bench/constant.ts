// The floor for pages: a Fastify server that knows its answers, bytes and headers, and does nothing else. A child process of a benchmark.
import Fastify from 'fastify'
import { obey } from './child.ts'

export type Constant = { path: string; headers: Record<string, string>; /** Base64. */ body: string }

process.once('message', (constants: Constant[]) => {
  const server = Fastify()
  for (const { path, headers, body } of constants) {
    const bytes = Buffer.from(body, 'base64')
    server.get(path, (_, reply) => reply.headers(headers).send(bytes))
  }
  obey(() => server.close())
  void server.listen({ port: 0, host: '127.0.0.1' }).then((url) => process.send!({ url }))
})
