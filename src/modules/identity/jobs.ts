// Identity's work in the background.
import type { App } from '#src/platform/app.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { transact } from '#src/platform/db.ts'
import { pruneAnswers } from '#src/platform/idempotent-answers.ts'
import type { JobHandlers, ScheduledJob } from '#src/platform/jobs.ts'
import { pruneRates } from '#src/platform/rate-limit.ts'
import { preparePasswordReset } from './request-password-reset.ts'
import { deleteExpiredTokens } from './store/account-tokens.ts'
import { deleteEndedSessions } from './store/sessions.ts'

export const identityJobs: JobHandlers = {
  'prepare-password-reset': (app, payload: { email: string }) => preparePasswordReset(app, payload),
}

// Ended sessions stay a while, so that a reused refresh token is still recognized and a holder can be told what happened.
const KEPT_DAYS = 30

export const identitySchedule: ScheduledJob[] = [{ name: 'forget-credentials', cron: '17 * * * *', run: forgetCredentials }]

/** Forgets what no credential needs any more: ended sessions, expired links, old counts and kept answers. */
export async function forgetCredentials(app: App): Promise<void> {
  const now = app.clock.now()
  await transact(app, async (tx) => {
    await deleteEndedSessions(tx, secondsAfter(now, -KEPT_DAYS * 86_400))
    await deleteExpiredTokens(tx, secondsAfter(now, -7 * 86_400))
  })
  await pruneRates(app)
  await pruneAnswers(app.db)
}
