// Staff sends a mail once more.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { findOrder } from '#src/modules/ticketing/find-orders.ts'
import { resendOrder } from '#src/modules/ticketing/serve-order.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { notificationsError } from './errors.ts'
import type { Mail } from './mail.ts'
import { queueAgain, selectMail } from './store/mails.ts'

/** True where the mail can go out again: it still says what it said, or its tickets can be mailed anew. */
export function isResendable(mail: Pick<Mail, 'html' | 'kind' | 'about'>): boolean {
  return mail.html !== '' || (mail.kind === 'tickets' && mail.about.orderId !== null)
}

/**
 * A mail that waits or was kept goes out as it is. One that left has been emptied, since its links open orders: tickets are mailed anew, with a new
 * link; the rest is asked for where it came from.
 * @throws `forbidden`, `not_found`, `mail_not_resendable`
 */
export async function resendMail(app: App, actor: Actor, input: { mailId: number }): Promise<void> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  const mail = await selectMail(app.db, input.mailId)
  if (!mail) throw kernelError('not_found')
  if (!isResendable(mail)) throw notificationsError('mail_not_resendable')
  if (mail.html === '') {
    const order = await findOrder(app.db, mail.about.orderId!)
    if (!order) throw notificationsError('mail_not_resendable')
    await resendOrder(app, actor, order.code)
    return
  }
  await transact(app, async (tx) => {
    await queueAgain(tx, mail.id)
    await enqueue(tx, 'send-mail', { mailId: mail.id }, { key: `send-mail:${mail.id}`, urgent: true })
    await record(tx, actor, { kind: 'mail.resent', subject: `mail:${mail.id}`, data: { kind: mail.kind } })
  })
}
