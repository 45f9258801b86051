import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { describeNativeApi } from '#src/describe-api.ts'
import { testApp } from '#test/app.ts'

const COMMITTED = fileURLToPath(new URL('../../../openapi/native.yaml', import.meta.url))
const app = testApp()

type Description = {
  openapi: string
  paths: Record<string, Record<string, { operationId?: string; summary?: string; tags?: string[]; responses: object }>>
}

describe('the API’s description', () => {
  test('is the one committed; otherwise run `npm run guichet -- openapi`', async () => {
    expect(await describeNativeApi()).toBe(readFileSync(COMMITTED, 'utf8'))
  })

  test('names every operation, says what it does and under which heading', async () => {
    const description = (await app.server.inject('/api/v1/openapi.json')).json<Description>()
    expect(description.openapi).toBe('3.1.0')
    const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
    )
    expect(operations.length).toBeGreaterThan(0)
    const poor = operations.filter((operation) => !operation.operationId || !operation.summary || operation.tags?.length !== 1)
    expect(poor.map((operation) => operation.name)).toEqual([])
  })

  test('satisfies an independent linter', async () => {
    const redocly = fileURLToPath(new URL('../../../node_modules/@redocly/cli/bin/cli.js', import.meta.url))
    await promisify(execFile)(process.execPath, [redocly, 'lint', COMMITTED], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    })
  })
})

describe('GET /api/docs', () => {
  test('is a page that shows every operation, without a script', async () => {
    const page = await app.server.inject('/api/docs')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.body).not.toContain('<script')
    const description = (await app.server.inject('/api/v1/openapi.json')).json<Description>()
    for (const path of Object.keys(description.paths)) expect(page.body).toContain(path)
    expect((await app.server.inject('/api/docs.css')).headers['content-type']).toContain('text/css')
  })
})
