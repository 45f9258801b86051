// The jobs of this module. Each may run twice: what it does is keyed.
import { secondsAfter } from '#src/kernel/clock.ts'
import type { JobHandlers, ScheduledJob } from '#src/platform/jobs.ts'
import { announceChange, type AnnounceChange } from './announce-change.ts'
import { notifyAccount, notifyGuest, type NotifyAccount, type NotifyGuest } from './notify-account.ts'
import { notifyOrder, type NotifyOrder } from './notify-order.ts'
import { notifyTeam, type NotifyTeam } from './notify-team.ts'
import { printIssue } from './print-issue.ts'
import { remindHolders, remindOfEvents, type RemindHolders } from './remind-holders.ts'
import { notifyReview, type NotifyReview } from './notify-review.ts'
import { sendMail } from './send-mail.ts'
import { deleteMailsBefore } from './store/mails.ts'

/** How long we remember to whom we wrote. */
const MAIL_DAYS = 180

export const notificationsJobs: JobHandlers = {
  'notify-order': (app, payload: NotifyOrder) => notifyOrder(app, payload),
  'notify-team': (app, payload: NotifyTeam) => notifyTeam(app, payload),
  'notify-account': (app, payload: NotifyAccount) => notifyAccount(app, payload),
  'notify-guest': (app, payload: NotifyGuest) => notifyGuest(app, payload),
  'remind-holders': (app, payload: RemindHolders) => remindHolders(app, payload),
  'notify-review': (app, payload: NotifyReview) => notifyReview(app, payload),
  'announce-change': (app, payload: AnnounceChange) => announceChange(app, payload),
  'print-issue': (app, payload: { errandId: string }) => printIssue(app, payload.errandId),
  'send-mail': (app, payload: { mailId: number }) => sendMail(app, payload.mailId),
}

export const notificationsSchedule: readonly ScheduledJob[] = [
  { name: 'remind-of-events', cron: '*/10 * * * *', run: remindOfEvents },
  { name: 'forget-mails', cron: '41 3 * * *', run: (app) => deleteMailsBefore(app.db, secondsAfter(app.clock.now(), -MAIL_DAYS * 86_400)) },
]
