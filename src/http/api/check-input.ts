// How requests are checked against their schemas. JSON says its own types, so a body is taken at its word: null is no price of 0.
// Addresses and headers are text, read as what their schema wants.
import { AjvCompiler, type Ajv } from '@fastify/ajv-compiler'
import type { FastifyInstance } from 'fastify'

type Validate = ReturnType<ReturnType<ReturnType<typeof AjvCompiler>>>

export function checkInput(server: FastifyInstance): void {
  const build = AjvCompiler()
  const options = (coerceTypes: false | 'array') => ({
    customOptions: { removeAdditional: false, useDefaults: true, allErrors: false, coerceTypes },
    onCreate: knowTimes,
  })
  const body = build({}, options(false))
  const text = build({}, options('array'))
  server.setValidatorCompiler((route) => (route.httpPart === 'body' ? unless(body(route), brokenText) : unless(text(route), endlessNumber)))
}

/** RFC 3339, without leap seconds and years of other millennia: JavaScript or PostgreSQL know no such dates. */
function knowTimes(ajv: Ajv): void {
  const { validate } = ajv.formats['date-time'] as { validate(text: string): boolean }
  ajv.addFormat('date-time', { validate: (time: string) => /^[12]\d{3}-.+T\d\d:\d\d:[0-5]\d/.test(time) && validate(time) })
}

/** Where something hides in valid input, as a JSON pointer. */
type Find = (data: unknown) => string | undefined

function unless(validate: Validate, find: Find): Validate {
  const checked = (data: unknown) => {
    const valid = validate(data)
    const found = valid ? find(data) : undefined
    checked.errors =
      found === undefined
        ? validate.errors
        : [{ keyword: 'type', instancePath: found, schemaPath: '#', params: {}, message: 'must be text or a number that can be kept' }]
    return valid && found === undefined
  }
  checked.errors = null as Validate['errors']
  return checked as Validate
}

/** Half a character, which JSON can escape and PostgreSQL can't keep. */
function brokenText(data: unknown): string | undefined {
  if (typeof data === 'string') return data.isWellFormed() ? undefined : ''
  if (data === null || typeof data !== 'object') return undefined
  for (const [name, value] of Object.entries(data)) {
    const inside = brokenText(value)
    if (inside !== undefined) return `/${name}${inside}`
  }
  return undefined
}

/** The validator reads `Infinity` and `1e400` as numbers, and compares them with no limit. */
function endlessNumber(data: unknown): string | undefined {
  const found = Object.entries(data ?? {}).find(([, value]) => typeof value === 'number' && !Number.isFinite(value))
  return found && `/${found[0]}`
}
