// Passwords are kept as argon2id, at OWASP's floor: 19 MiB, two passes, one lane.
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'

// `Algorithm.Argon2id` of the library, which exports it as a const enum that erasable syntax can't read.
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
// Two at once keep two cores busy; a flood of logins must not take the memory and the threads of everything else.
const AT_ONCE = 2
const MAX_WAITING = 256

let running = 0
const waiting: (() => void)[] = []

/** @throws `busy` where too many are waiting already */
export function hashPassword(app: App, password: string): Promise<string> {
  return inTurn(app, () => hash(normalized(password), PARAMETERS))
}

/**
 * Compares a password with what is stored. Where nothing is stored (nobody has this address, or no password yet), a hash is
 * computed all the same: the answer takes as long and says as little.
 */
export async function verifyPassword(app: App, stored: string | null | undefined, password: string): Promise<boolean> {
  if (!stored) {
    await hashPassword(app, password)
    return false
  }
  return inTurn(app, () => verify(stored, normalized(password)))
}

/** True where a stored hash was made with other parameters than today's. */
export function isOutdatedHash(stored: string): boolean {
  const made = parseOptions(stored)
  return (
    made.algorithm !== PARAMETERS.algorithm ||
    made.memoryCost !== PARAMETERS.memoryCost ||
    made.timeCost !== PARAMETERS.timeCost ||
    made.parallelism !== PARAMETERS.parallelism
  )
}

// The same accents may be typed as one character or as two, depending on the keyboard.
const normalized = (password: string) => password.normalize('NFKC')

async function inTurn<T>(app: App, work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING) throw kernelError('busy', { retryAfter: 2 })
    await new Promise<void>((go) => waiting.push(go))
  } else running++
  try {
    app.metrics.passwordHashes.inc()
    return await work()
  } finally {
    // The place is handed on, or given back: `running` never exceeds AT_ONCE in between.
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
