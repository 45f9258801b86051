// Which facts make us write to somebody, and the jobs that do it.
import type { StoredFact, Subscriptions } from '#src/platform/facts.ts'
import { ANNOUNCED_FIELDS } from './announce-change.ts'
import type { OrderNews } from './notify-order.ts'
import type { NotifyAccount } from './notify-account.ts'
import type { NotifyReview } from './notify-review.ts'

const idOf = (subject: string) => Number(subject.slice(subject.indexOf(':') + 1))

function aboutOrder(fact: StoredFact, news: OrderNews, orderId: number | string = idOf(fact.subject)) {
  return [{ name: 'notify-order', payload: { orderId, news }, key: `notify-order:${fact.id}` }]
}

function toAccount(fact: StoredFact, news: Record<string, unknown> & Pick<NotifyAccount, 'what'>) {
  return [
    { name: 'notify-account', payload: { factId: fact.id, accountId: fact.data.accountId, ...news }, key: `notify-account:${fact.id}`, urgent: true },
  ]
}

function aboutReview(fact: StoredFact, what: NotifyReview['what']) {
  const payload: NotifyReview = {
    factId: fact.id,
    eventId: fact.eventId!,
    what,
    reason: typeof fact.data.reason === 'string' ? fact.data.reason : null,
  }
  return [{ name: 'notify-review', payload, key: `notify-review:${fact.id}` }]
}

export const notificationsSubscriptions: Subscriptions = {
  'order.paid': (fact) => aboutOrder(fact, { what: 'tickets' }),
  'order.issued': (fact) => (fact.data.mail === true ? aboutOrder(fact, { what: 'tickets' }) : []),
  'order.resend_requested': (fact) => aboutOrder(fact, { what: 'tickets', again: String(fact.id) }),
  'ticket.resend_requested': (fact) =>
    aboutOrder(fact, { what: 'tickets', again: String(fact.id), only: fact.subject.slice('ticket:'.length) }, String(fact.data.code)),
  // The old code lets nobody in any more: whoever holds it needs the new one.
  'ticket.reissued': (fact) =>
    aboutOrder(fact, { what: 'tickets', again: String(fact.id), only: fact.subject.slice('ticket:'.length) }, String(fact.data.code)),
  'order.cancelled': (fact) => aboutOrder(fact, { what: 'cancelled', refunded: Number(fact.data.refunded ?? 0) }),
  'order.refund_asked': (fact) => [
    ...aboutOrder(fact, { what: 'refund_asked', factId: fact.id }),
    { name: 'notify-team', payload: { factId: fact.id, orderId: idOf(fact.subject) }, key: `notify-team:${fact.id}` },
  ],
  'order.refund_declined': (fact) => aboutOrder(fact, { what: 'refund_declined', factId: fact.id }),
  // Whoever did not ask hears of it when the money has left.
  'order.refund_requested': (fact) =>
    fact.data.asked === true
      ? aboutOrder(fact, { what: 'refund_approved', factId: fact.id, amount: Number(fact.data.amount), tickets: Number(fact.data.tickets) })
      : [],
  'order.refunded': (fact) =>
    aboutOrder(fact, {
      what: 'refunded',
      refundId: String(fact.data.refundId),
      amount: Number(fact.data.amount),
      tickets: Number(fact.data.tickets) > 0,
    }),
  'order.refund_failed': (fact) =>
    aboutOrder(fact, { what: 'refund_failed', refundId: String(fact.data.refundId), amount: Number(fact.data.amount) }),
  'order.refund_due': (fact) =>
    aboutOrder(fact, {
      what: 'refund_due',
      paymentId: String(fact.data.paymentId),
      amount: Number(fact.data.total),
      cause: fact.data.cause as 'late',
    }),
  'payment.failed': (fact) => {
    const payable = String(fact.data.payable)
    return payable.startsWith('order:') ? aboutOrder(fact, { what: 'payment_failed' }, idOf(payable)) : []
  },
  'account.verification_requested': (fact) => toAccount(fact, { what: 'verify_email' }),
  'account.email_change_requested': (fact) => [
    ...toAccount(fact, { what: 'change_email' }),
    {
      name: 'notify-account',
      payload: { factId: fact.id, accountId: fact.data.accountId, what: 'email_change_notice' },
      key: `notify-account:${fact.id}:notice`,
    },
  ],
  'account.password_reset_requested': (fact) => toAccount(fact, { what: 'reset_password' }),
  'member.invited': (fact) =>
    toAccount(fact, { what: 'join_team', organizerId: fact.organizerId, role: fact.data.role, confirmed: fact.data.confirmed }),
  'event.invited': (fact) => [
    { name: 'notify-guest', payload: { factId: fact.id, invitationId: idOf(fact.subject) }, key: `notify-guest:${fact.id}` },
  ],
  'event.rejected': (fact) => aboutReview(fact, 'sent_back'),
  // Whoever publishes without a review knows.
  'event.published': (fact) => (fact.data.from === 'pending_review' ? aboutReview(fact, 'approved') : []),
  'event.unpublished': (fact) => (fact.data.by === 'staff' ? aboutReview(fact, 'taken_down') : []),
  'event.changed': (fact) => {
    const fields = Array.isArray(fact.data.fields) ? (fact.data.fields as string[]) : []
    return fields.some((field) => ANNOUNCED_FIELDS.includes(field))
      ? [{ name: 'announce-change', payload: { eventId: fact.eventId }, key: `announce-change:${fact.eventId}` }]
      : []
  },
}
