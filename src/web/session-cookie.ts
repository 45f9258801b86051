// The one cookie that says who somebody is: HttpOnly, SameSite=Lax, bound to the host where we are served over HTTPS.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '#src/platform/app.ts'

const NAME = 'guichet_session'

/** `__Host-` makes browsers refuse the cookie from anywhere but this very host; it needs HTTPS, which development lacks. */
function cookieName(app: App): string {
  return isSecure(app) ? `__Host-${NAME}` : NAME
}

function isSecure(app: App): boolean {
  return app.publicUrl().startsWith('https://')
}

/** The session token that the browser sent, or undefined. */
export function sessionToken(app: App, request: FastifyRequest): string | undefined {
  return request.headers.cookie?.includes(NAME) ? request.cookies[cookieName(app)] : undefined
}

export function setSessionCookie(app: App, reply: FastifyReply, token: string, expiresAt: Date): void {
  reply.setCookie(cookieName(app), token, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(app), expires: expiresAt })
}

export function clearSessionCookie(app: App, reply: FastifyReply): void {
  reply.clearCookie(cookieName(app), { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(app) })
}
