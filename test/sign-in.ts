// What a signed-in caller sends.
import type { AccountActor } from '#src/kernel/actor.ts'
import { signAccessToken } from '#src/modules/identity/credentials/access-token.ts'
import { openWebSessionOf } from '#src/modules/identity/open-session.ts'
import type { App } from '#src/platform/app.ts'

/** The headers of an API client signed in as `actor` (of `buildAccount`, `buildMember`, …). */
export async function bearerOf(app: App, actor: AccountActor): Promise<{ authorization: string }> {
  const { publicId } = await app.db.selectFrom('loginSession').select('publicId').where('id', '=', actor.sessionId).executeTakeFirstOrThrow()
  return { authorization: `Bearer ${await signAccessToken(app, { accountPublicId: actor.publicId, sessionPublicId: publicId })}` }
}

/** What a browser signed in as `actor` sends. */
export async function cookieOf(app: App, actor: AccountActor): Promise<{ cookie: string; 'sec-fetch-site': string }> {
  return { cookie: `guichet_session=${await openWebSessionOf(app, actor, actor.accountId)}`, 'sec-fetch-site': 'same-origin' }
}
