// Access tokens: JWTs of fifteen minutes that name a session. They prove who signed in where; rights are read anew at each request.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { secondsAfter } from '#src/kernel/clock.ts'
import type { App } from '#src/platform/app.ts'
import type { Cipher } from '#src/platform/cipher.ts'

/** Seconds that an access token is good for. */
export const ACCESS_TOKEN_SECONDS = 900

// Fixed on both sides: what a token says of its own algorithm is compared with this, never believed.
const ALGORITHM = 'HS256'
const TYPE = 'at+jwt'
const ISSUER = 'guichet'
const AUDIENCE = 'guichet-api'

export type AccessClaims = { accountPublicId: string; sessionPublicId: string }

type SigningKey = { key: KeyObject; kid: string }
const keys = new WeakMap<Cipher, SigningKey>()

function signingKey(app: App): SigningKey {
  let key = keys.get(app.cipher)
  if (!key) {
    key = { key: createSecretKey(app.cipher.mac('access token', 'key')), kid: app.cipher.mac('access token', 'kid').toString('hex').slice(0, 8) }
    keys.set(app.cipher, key)
  }
  return key
}

export function signAccessToken(app: App, claims: AccessClaims): Promise<string> {
  const { key, kid } = signingKey(app)
  const now = app.clock.now()
  return new SignJWT({ sid: claims.sessionPublicId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .setSubject(claims.accountPublicId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(secondsAfter(now, ACCESS_TOKEN_SECONDS))
    .sign(key)
}

// A scanner sends the same token with each ticket: what was proven of a text once stays true until it expires.
type Proven = AccessClaims & { /** Seconds since 1970. */ expiresAt: number }
const MAX_PROVEN = 10_000
const proven = new WeakMap<Cipher, Map<string, Proven>>()

/** What a token of ours says, or undefined where it isn't ours, was changed, has expired or is for somebody else. */
export async function verifyAccessToken(app: App, token: string): Promise<AccessClaims | undefined> {
  let memory = proven.get(app.cipher)
  if (!memory) proven.set(app.cipher, (memory = new Map()))
  const known = memory.get(token)
  if (known && known.expiresAt > app.clock.now().getTime() / 1000) return known
  memory.delete(token)
  const claims = await prove(app, token)
  if (!claims) return undefined
  // Oldest first: a map remembers the order in which keys came.
  if (memory.size >= MAX_PROVEN) memory.delete(memory.keys().next().value!)
  memory.set(token, claims)
  return claims
}

async function prove(app: App, token: string): Promise<Proven | undefined> {
  const { key, kid } = signingKey(app)
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      currentDate: app.clock.now(),
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
    })
    if (protectedHeader.kid !== kid || typeof payload.sid !== 'string' || typeof payload.sub !== 'string') return undefined
    return { accountPublicId: payload.sub, sessionPublicId: payload.sid, expiresAt: payload.exp! }
  } catch {
    return undefined
  }
}
