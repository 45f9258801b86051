// What sends mail to addresses that somebody typed, or keeps large files, is not done over and over.
import { expect, test } from 'vitest'
import { inviteGuest } from '#src/modules/events/invite-guest.ts'
import { askExport } from '#src/modules/ticketing/ask-export.ts'
import { withdrawOrderPayment } from '#src/modules/ticketing/check-out.ts'
import { issueTickets } from '#src/modules/ticketing/issue-tickets.ts'
import { resendOrder, resendTicket } from '#src/modules/ticketing/serve-order.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { buy, buyAndPay, holderOf } from '#test/sale.ts'

const app = testApp()

/** How often it goes well before it is refused. */
async function timesUntilRefused(work: () => Promise<unknown>): Promise<number> {
  for (let times = 0; times < 100; times++) {
    const refusal = await work().then(
      () => undefined,
      (error: { code?: string }) => error.code,
    )
    if (refusal) return refusal === 'rate_limited' ? times : -1
  }
  return Infinity
}

test('an order and a ticket are mailed again a few times an hour, whoever asks', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 1000 })
  const { code, id } = await buyAndPay(app, event, type)
  expect(await timesUntilRefused(() => resendOrder(app, holderOf({ code }), code))).toBe(10)
  const ticket = await app.db.selectFrom('ticket').select('id').where('eventId', '=', event.id).where('orderId', '=', id).executeTakeFirstOrThrow()
  expect(await timesUntilRefused(() => resendTicket(app, event.organizer.owner, { code, ticketId: ticket.id }))).toBe(10)
  const other = await buyAndPay(app, event, type)
  await expect(resendOrder(app, holderOf(other), other.code)).resolves.toBeDefined()
})

test('a payer’s phone is not asked without end by calling off and asking anew', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 1000 })
  const { code } = await buy(app, event, type)
  expect(await timesUntilRefused(() => withdrawOrderPayment(app, holderOf({ code }), code))).toBe(5)
})

test('a guest is invited again a few times an hour', async () => {
  const event = await buildEvent(app, { visibility: 'private' })
  const invite = (email: string) => inviteGuest(app, event.organizer.owner, event.slug, { email })
  expect(await timesUntilRefused(() => invite('awa@example.test'))).toBe(5)
  await expect(invite('koffi@example.test')).resolves.toMatchObject({ email: 'koffi@example.test' })
})

test('exports and issues are asked for so often an hour', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { quantity: 1000 })
  const { owner } = event.organizer
  const ask = { eventSlug: event.slug, list: 'participants', format: 'csv', rows: 0, query: '' } as const
  expect(await timesUntilRefused(() => askExport(app, owner, ask))).toBe(30)
  const issue = { eventSlug: event.slug, ticketTypeId: type.id, terms: 'complimentary', to: 1, perSheet: 4, sendMails: false } as const
  expect(await timesUntilRefused(() => issueTickets(app, owner, issue))).toBe(60)
})
