// Every operation of the API as its own description lists it.
import type { TestApp } from '#test/app.ts'

export type JsonSchema = {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  default?: unknown
}

export type Operation = {
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As in the description: `/api/v1/events/{slug}`. */
  path: string
  parameters: readonly { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: JsonSchema }[]
  /** Of its JSON body, where it takes one. */
  body: JsonSchema | undefined
  /** Declared successes, as numbers. */
  successes: readonly number[]
}

type Described = {
  operationId: string
  parameters?: Operation['parameters']
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, unknown>
}

export async function listOperations(app: TestApp): Promise<Operation[]> {
  const { paths } = (await app.server.inject('/api/v1/openapi.json')).json<{ paths: Record<string, Record<string, Described>> }>()
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      id: described.operationId,
      method: method.toUpperCase() as Operation['method'],
      path,
      parameters: described.parameters ?? [],
      body: described.requestBody?.content['application/json']?.schema,
      successes: Object.keys(described.responses)
        .filter((status) => status.startsWith('2'))
        .map(Number),
    })),
  )
}

/** The operation's address with its parameters written in. */
export function addressOf(operation: Pick<Operation, 'path'>, params: Readonly<Record<string, unknown>>): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (params[name] === undefined) throw new Error(`${operation.path} needs ${name}`)
    return encodeURIComponent(String(params[name]))
  })
}

/** Every route of the server, pages and files included, as `[method, path]`. */
export function listRoutes(app: TestApp): [method: string, path: string][] {
  const stack: string[] = []
  return app.server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line): [string, string][] => {
      const [, indent, part, methods] = /^([│ ]*)[├└]── (.*?) \(([A-Z, ]+)\)$/.exec(line) ?? []
      if (indent === undefined) return []
      const depth = indent.length / 4
      stack.length = depth
      stack.push(part!)
      // The root is a sibling in name only: others lie below it.
      const path = `/${stack.join('').replace(/^\/+/, '')}`
      return methods!.split(', ').map((method) => [method, path])
    })
}
