// Signing a browser in and out, and where it goes next.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { closeWebSession } from '#src/modules/identity/open-session.ts'
import type { App } from '#src/platform/app.ts'
import { clearSessionCookie, sessionToken, setSessionCookie } from '../session-cookie.ts'

// The longest that browsers keep a cookie. How long it opens something is for the server to say, which counts from the last use.
const COOKIE_SECONDS = 400 * 86_400

/** Gives the browser its new session; the one it had before ends, so that none is left behind. */
export async function startBrowserSession(app: App, request: FastifyRequest, reply: FastifyReply, token: string): Promise<void> {
  const before = sessionToken(app, request)
  if (before) await closeWebSession(app, before)
  setSessionCookie(app, reply, token, secondsAfter(app.clock.now(), COOKIE_SECONDS))
}

export async function endBrowserSession(app: App, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const token = sessionToken(app, request)
  if (token) await closeWebSession(app, token)
  clearSessionCookie(app, reply)
}

/** A path of our own, or undefined: `next=//evil.example` must not lead anywhere else. */
export function ownPath(next: string | undefined): string | undefined {
  return next && /^\/(?![/\\])[^\s\\]{0,500}$/.test(next) ? next : undefined
}

/** Where somebody's work begins. */
export function homeOf(actor: Actor): string {
  if (actor.kind !== 'account') return '/events'
  if (actor.memberships.some((membership) => membership.role !== 'agent')) return '/organizer'
  if (actor.memberships.length > 0) return '/gate'
  return isStaff(actor) ? '/admin' : '/account'
}
