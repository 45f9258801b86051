// Everything about one's own account.
import type { FastifyInstance } from 'fastify'
import type { App } from '#src/platform/app.ts'
import { accountHomePages } from './account.tsx'
import { accountDataPages } from './data.tsx'
import { passwordResetPages } from './password-reset.tsx'
import { profilePages } from './profile.tsx'
import { registerPages } from './register.tsx'
import { securityPages } from './security.tsx'
import { signInPages } from './sign-in.tsx'
import { verifyEmailPages } from './verify-email.tsx'

export async function accountPages(server: FastifyInstance, app: App): Promise<void> {
  await signInPages(server, app)
  await registerPages(server, app)
  await verifyEmailPages(server, app)
  await passwordResetPages(server, app)
  await accountHomePages(server, app)
  await profilePages(server, app)
  await securityPages(server, app)
  await accountDataPages(server, app)
}
