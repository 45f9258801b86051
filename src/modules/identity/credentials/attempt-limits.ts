// How often somebody may try. Every attempt counts as failed until it has succeeded, so that parallel guesses can't slip under a limit.
import type { App } from '#src/platform/app.ts'
import { forgiveRate, requireRate, returnRate, type Limit } from '#src/platform/rate-limit.ts'

export type Attempts = {
  /** Everything from one network. Generous: a whole mobile carrier may stand behind one address. */
  network: Limit
  /** Failures from one network, whoever they are about. */
  networkFailures?: Limit
  /** Failures about one subject (an address, an account) from one network. */
  subjectHere?: Limit
  /** Failures about one subject from everywhere: what a botnet shares. */
  subject?: Limit
}

export const ATTEMPTS = {
  logIn: {
    network: { max: 300, seconds: 60 },
    networkFailures: { max: 100, seconds: 600 },
    subjectHere: { max: 30, seconds: 900 },
    subject: { max: 100, seconds: 3600 },
  },
  register: { network: { max: 200, seconds: 600 } },
  refresh: { network: { max: 1200, seconds: 60 }, networkFailures: { max: 100, seconds: 600 } },
  openLink: { network: { max: 120, seconds: 600 }, networkFailures: { max: 30, seconds: 600 } },
  requestReset: { network: { max: 60, seconds: 600 }, subject: { max: 5, seconds: 3600 } },
  requestVerification: { network: { max: 60, seconds: 600 }, subject: { max: 5, seconds: 3600 } },
  changeAddress: { network: { max: 60, seconds: 600 }, subject: { max: 5, seconds: 3600 } },
  confirmPassword: { network: { max: 300, seconds: 60 }, subject: { max: 30, seconds: 900 } },
  found: { network: { max: 100, seconds: 600 }, subject: { max: 20, seconds: 3600 } },
  invite: { network: { max: 300, seconds: 600 }, subject: { max: 200, seconds: 3600 } },
} as const satisfies Record<string, Attempts>

/** An attempt that was counted. */
export type Attempt = { succeeded(): Promise<void> }

/**
 * Counts an attempt.
 * @param ip null where nobody is at the other end of a network (the command line, jobs)
 * @param subject whom it is about; kept only as a keyed hash
 * @throws `rate_limited` with `retryAfter` in seconds
 */
export async function countAttempt(app: App, action: keyof typeof ATTEMPTS, ip: string | null, subject?: string): Promise<Attempt> {
  const limits: Attempts = ATTEMPTS[action]
  const network = ip === null ? null : networkOf(ip)
  const about = subject === undefined ? null : app.cipher.mac('rate limit', subject).toString('base64url').slice(0, 22)
  const here = network && about && limits.subjectHere ? `${action} ${about} ${network}` : null
  const returned: string[] = []

  if (network) await requireRate(app, `${action} all ${network}`, limits.network)
  if (network && limits.networkFailures) {
    const key = `${action} failed ${network}`
    await requireRate(app, key, limits.networkFailures)
    returned.push(key)
  }
  if (here) await requireRate(app, here, limits.subjectHere!)
  if (about && limits.subject) {
    const key = `${action} ${about}`
    await requireRate(app, key, limits.subject)
    returned.push(key)
  }
  return {
    async succeeded() {
      // Only this attempt is given back: otherwise whoever has one account could clear the count of guesses at all others.
      for (const key of returned) await returnRate(app, key)
      if (here) await forgiveRate(app, here)
    },
  }
}

/** An IPv4 address, or the /64 of an IPv6 address: one subscriber has all of it. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped || !ip.includes(':')) return mapped ?? ip
  const [head = '', tail = ''] = ip.split('%')[0]!.split('::')
  const left = head ? head.split(':') : []
  const right = tail ? tail.split(':') : []
  const groups = ip.includes('::') ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right] : left
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
