// What an address names.
import { kernelError } from '#src/kernel/domain-error.ts'

/** The number that an address names. @throws `not_found` for anything that can't be one of ours */
export function requireId(text: string): number {
  const id = Number(text)
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(id)) throw kernelError('not_found')
  return id
}
