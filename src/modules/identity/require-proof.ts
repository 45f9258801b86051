// What weighs most asks for the password again.
import { hasRecentProof, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'

/** @throws `password_needed` where the actor has not proven the password within the last ten minutes: see `provePassword` */
export function requireRecentProof(app: App, actor: Actor): void {
  if (!hasRecentProof(actor, app.clock.now())) throw kernelError('password_needed')
}
