import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ConfigError, maskConfig, readConfig } from './config.ts'

const SECRET = 'q8Zk2vT5xW1nB7mL4pR9sD3fG6hJ0cYa'
const PRODUCTION = {
  NODE_ENV: 'production',
  GUICHET_SECRET: SECRET,
  PUBLIC_URL: 'https://billets.example',
  SMTP_URL: 'smtp://mail.example',
  DATABASE_URL: 'postgres://u:p@db/guichet',
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('readConfig', () => {
  test('needs nothing for development', () => {
    expect(readConfig({})).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: null,
      demoWorld: true,
      simulator: true,
      masterKeyIsDefault: true,
    })
  })

  test('accepts a complete production', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({
      environment: 'production',
      host: '0.0.0.0',
      demoWorld: false,
      simulator: false,
      masterKeyIsDefault: false,
    })
  })

  test('is frozen', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['production without a secret', { ...PRODUCTION, GUICHET_SECRET: '' }, /GUICHET_SECRET must be set in production/],
    ['production with a short secret', { ...PRODUCTION, GUICHET_SECRET: 'short' }, /GUICHET_SECRET is too short/],
    ['production with the development secret', { ...PRODUCTION, GUICHET_SECRET: 'development-only-master-key-and-more' }, /looks like a default/],
    ['production with a secret of one letter', { ...PRODUCTION, GUICHET_SECRET: 'a'.repeat(40) }, /looks like a default/],
    ['production without an address', { ...PRODUCTION, PUBLIC_URL: '' }, /PUBLIC_URL must be set in production/],
    ['production in the clear', { ...PRODUCTION, PUBLIC_URL: 'http://billets.example' }, /PUBLIC_URL must be https/],
    ['production without mail', { ...PRODUCTION, SMTP_URL: '' }, /SMTP_URL must be set in production/],
    ['production with the demo world', { ...PRODUCTION, DEMO_WORLD: 'on' }, /DEMO_WORLD must be off in production/],
    ['production with the simulator', { ...PRODUCTION, PAYMENT_SIMULATOR: 'on' }, /PAYMENT_SIMULATOR must be off in production/],
    ['a short secret anywhere', { GUICHET_SECRET: 'short' }, /GUICHET_SECRET is too short/],
    ['an address that is none', { PUBLIC_URL: 'billets.example' }, /PUBLIC_URL must start with/],
    ['another database', { DATABASE_URL: 'mysql://db' }, /DATABASE_URL must start with postgres/],
    ['another kind of mail', { SMTP_URL: 'http://mail' }, /SMTP_URL must start with smtp/],
    ['a worker without an address', { GUICHET_ROLE: 'worker', DATABASE_URL: 'postgres://db' }, /PUBLIC_URL must be set for a worker/],
    ['one role of an embedded database', { GUICHET_ROLE: 'web' }, /needs DATABASE_URL/],
    ['an unknown role', { GUICHET_ROLE: 'king' }, /GUICHET_ROLE must be one of all, web, worker/],
    ['an unknown environment', { NODE_ENV: 'staging' }, /NODE_ENV must be one of/],
    ['a port beyond', { PORT: '70000' }, /PORT must be a whole number from 0 to 65535/],
    ['a port in words', { PORT: 'http' }, /PORT must be a whole number/],
    ['a commission of more than half', { COMMISSION_BPS: '9000' }, /COMMISSION_BPS must be a whole number from 0 to 5000/],
    ['a hold of a second', { HOLD_SECONDS: '1' }, /HOLD_SECONDS must be a whole number from 60/],
    ['a flag in other words', { TRUST_PROXY: 'perhaps' }, /TRUST_PROXY must be on or off/],
    ['an unknown level of logs', { LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of/],
  ])('refuses %s', (_, env, sentence) => {
    const problems = problemsOf(env)
    expect(problems.join('\n')).toMatch(sentence)
  })

  test('names every contradiction at once', () => {
    expect(problemsOf({ NODE_ENV: 'production', PORT: 'x', DEMO_WORLD: 'on' }).length).toBeGreaterThanOrEqual(5)
  })
})

test('maskConfig shows no secret', () => {
  const shown = JSON.stringify(maskConfig(readConfig({ ...PRODUCTION, SMTP_URL: 'smtps://me:hunter2@mail.example', METRICS_TOKEN: 'metrics-token' })))
  for (const secret of [SECRET, ':p@', 'hunter2', 'metrics-token']) expect(shown).not.toContain(secret)
  expect(shown).toContain('me:***@mail.example')
})

test('.env.example explains exactly the variables that are read, and can be used as it is', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const explained = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!.replaceAll('"', '')] as const)
  const read = new Set<string>()
  readConfig(
    new Proxy(
      {},
      {
        get: (_, name) => {
          read.add(String(name))
        },
      },
    ),
  )
  expect(explained.map(([name]) => name).sort()).toEqual([...read].sort())
  expect(readConfig(Object.fromEntries(explained))).toMatchObject({
    port: 3000,
    databaseUrl: null,
    masterKeyIsDefault: true,
    holdSeconds: 900,
    orderBatch: 256,
  })
})
