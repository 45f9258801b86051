// Signs in an API client.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { checkCredentials, type Credentials } from './check-credentials.ts'
import { openApiSession } from './open-session.ts'
import type { SignedIn } from './session.ts'

/** @throws `invalid_credentials`, `account_suspended`, `rate_limited` */
export async function logIn(app: App, actor: Actor, input: Credentials & { userAgent?: string }): Promise<SignedIn> {
  const accountId = await checkCredentials(app, actor, input)
  return openApiSession(app, actor, accountId, input.userAgent)
}
