// The key under which a browser orders. It outlives the page, so that going back, reloading or losing the network leads to the same order;
// it is good for one order, and never leaves the checkout of its event.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'

const NAME = 'guichet_order'

/** The key of this browser's checkout, where it has begun one. */
export function keptKey(request: FastifyRequest): string | undefined {
  const key = request.cookies[NAME]
  return key && /^[\w-]{22}$/.test(key) ? key : undefined
}

/** Another key, kept for as long as places are. */
export function keepNewKey(app: App, reply: FastifyReply, slug: string): string {
  const key = newToken(16)
  const secure = app.publicUrl().startsWith('https://')
  reply.setCookie(NAME, key, { path: `/events/${slug}/checkout`, httpOnly: true, sameSite: 'lax', secure, maxAge: app.config.holdSeconds })
  return key
}

/**
 * What the key of a form is called where orders are kept. Whoever has it is led to its order, so it must not be another door's: programs choose
 * keys as they like, also such that somebody could guess.
 */
export function formKey(key: string): string {
  return `form ${key}`
}
