// How long a sign-in lasts, and what it hands out.
import type { AccountView } from './account.ts'

/** A web session ends this many seconds after its last use. */
export const WEB_SESSION_SECONDS = 30 * 86_400
/** An API session (a family of refresh tokens) ends this many seconds after the login, used or not. */
export const API_SESSION_SECONDS = 30 * 86_400
/** A refresh token that comes again within this many seconds gets the same successor again: the first answer may have been lost. */
export const REFRESH_GRACE_SECONDS = 20

/** What an API client holds after signing in. `expiresIn` is the access token's life in seconds. */
export type SignedIn = { accessToken: string; refreshToken: string; expiresIn: number; user: AccountView }

/** A browser names itself at length; the list of sessions needs only its beginning. */
export function shortUserAgent(userAgent: string | undefined): string | null {
  return userAgent?.slice(0, 200) ?? null
}
