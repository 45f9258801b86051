import ICAL from 'ical.js'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { systemActor, type Locale, type Visitor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { findOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { openMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { placeOrder, type PlaceOrder } from '#src/modules/ticketing/place-order.ts'
import { reissueTicket, resendOrder } from '#src/modules/ticketing/serve-order.ts'
import { inviteGuest } from '#src/modules/events/invite-guest.ts'
import { addMember } from '#src/modules/identity/add-member.ts'
import { findMailRecipient } from '#src/modules/identity/find-accounts.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { requestPasswordReset } from '#src/modules/identity/request-password-reset.ts'
import { verifyEmail } from '#src/modules/identity/verify-email.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildOrganizer, buildTicketType, type BuiltEvent, type EventInput, type TicketTypeInput } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { readPdf, readQr } from '#test/readers.ts'
import { startSmtp, type Received } from '#test/smtp.ts'
import { announceChange } from './announce-change.ts'
import { notifyOrder } from './notify-order.ts'
import { sendMail } from './send-mail.ts'

let smtp = await startSmtp()
const app = testApp({ SMTP_URL: smtp.url, MAIL_FROM: 'Guichet <billets@guichet.test>' })
const keeping = testApp()
afterAll(() => smtp.stop())
afterEach(() => {
  smtp.received.length = 0
})

const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }

type Buy = Partial<Pick<PlaceOrder, 'buyer' | 'holders'>> & {
  quantity?: number
  locale?: Locale
  event?: EventInput
  type?: TicketTypeInput
  on?: typeof app
}

/** A free order, which is paid as soon as it is placed. */
async function buy({
  quantity = 1,
  locale = 'fr',
  buyer = { name: 'Afi Koné', email: 'afi@example.test' },
  holders,
  event: input = {},
  type = {},
  on = app,
}: Buy = {}) {
  const event = await buildEvent(on, input)
  const { id } = await buildTicketType(on, event, { price: 0, name: 'Carré Or', ...type })
  const order = await placeOrder(
    on,
    { ...visitor, locale },
    {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: id, quantity }],
      buyer,
      holders,
      idempotencyKey: uuidv7(),
      channel: 'web',
    },
  )
  return { event, order: (await findOrder(on.db, order.id))! }
}

async function qrTexts(event: BuiltEvent, order: { eventId: number; id: number }): Promise<(string | null)[]> {
  return (await listOrderTickets(app, { id: event.id, publicRef: event.publicRef, qrFormat: 'TK1' }, order)).map((ticket) => ticket.qr)
}

const only = (mails: Received[]): Received => {
  expect(mails).toHaveLength(1)
  return mails[0]!
}
const mailsOf = (orderId: number, on = app) => on.db.selectFrom('mail').selectAll().where('orderId', '=', orderId).orderBy('id').execute()
const bytes = (content: unknown) => Buffer.from(content as ArrayBuffer)

describe('the tickets’ mail', () => {
  test('arrives at an SMTP server with text, HTML, one PDF of all tickets and a calendar entry', async () => {
    const { event, order } = await buy({ quantity: 2, event: { title: 'Nuit du gospel à l’Œuvre' } })
    await workOff(app)
    const { mail, recipients } = only(smtp.received)
    expect(recipients).toEqual(['afi@example.test'])
    expect(mail.subject).toBe('Vos billets pour Nuit du gospel à l’Œuvre')
    expect(mail.from?.address).toBe('billets@guichet.test')
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain('Bonjour Afi Koné')
      expect(body).toContain('2 × Carré Or')
      expect(body).toContain(order.code)
    }
    const [pdf, calendar] = mail.attachments
    expect([pdf!.filename, pdf!.mimeType, calendar!.filename, calendar!.mimeType]).toEqual([
      `billets-${order.code}.pdf`,
      'application/pdf',
      'evenement.ics',
      'text/calendar',
    ])
    const pages = await readPdf(bytes(pdf!.content))
    expect(pages.map((page) => readQr(page.image)).sort()).toEqual((await qrTexts(event, order)).sort())
    const parsed = new ICAL.Component(ICAL.parse(bytes(calendar!.content).toString()))
    expect(new ICAL.Event(parsed.getFirstSubcomponent('vevent')!).summary).toBe('Nuit du gospel à l’Œuvre')
  })

  test('carries a link that opens the order, and whose secret we don’t keep', async () => {
    const { order } = await buy()
    await workOff(app)
    const { mail } = only(smtp.received)
    const [, token] = /http:\/\/guichet\.test\/t\/([\w-]{43})/.exec(mail.text!)!
    expect((await openMagicLink(app, token!)).code).toBe(order.code)
    expect(JSON.stringify(await mailsOf(order.id))).not.toContain(token)
    expect(await mailsOf(order.id)).toMatchObject([{ status: 'sent', html: '', body: '', attachments: [] }])
  })

  test('is in the buyer’s language', async () => {
    await buy({ locale: 'en', quantity: 1 })
    await workOff(app)
    const { mail } = only(smtp.received)
    expect(mail.subject).toMatch(/^Your ticket for /)
    expect(mail.attachments.map((a) => a.filename)).toEqual([expect.stringMatching(/^ticket-/), 'event.ics'])
  })

  test('goes to each holder with their own ticket only, and without a way into the order', async () => {
    const { event, order } = await buy({
      quantity: 2,
      event: { askHolderNames: true },
      holders: [
        { name: 'Afi', email: 'afi@example.test' },
        { name: 'Ọlámidé', email: 'ola@example.test' },
      ],
    })
    await workOff(app)
    expect(smtp.received.flatMap((r) => r.recipients).sort()).toEqual(['afi@example.test', 'ola@example.test'])
    const { mail } = smtp.received.find((r) => r.recipients[0] === 'ola@example.test')!
    expect(mail.text).toContain('Afi Koné vous a pris une place')
    expect(mail.text).not.toContain('/t/')
    const pages = await readPdf(bytes(mail.attachments[0]!.content))
    expect(pages).toHaveLength(1)
    expect(pages[0]!.text).toContain('Ọlámidé')
    expect(await qrTexts(event, order)).toContain(readQr(pages[0]!.image))
  })

  test('is one mail, however often and however many at once the job runs', async () => {
    const { order } = await buy()
    await Promise.all(Array.from({ length: 10 }, () => notifyOrder(app, { orderId: order.id, news: { what: 'tickets' } })))
    await workOff(app)
    const [mail] = await mailsOf(order.id)
    expect(await mailsOf(order.id)).toHaveLength(1)
    only(smtp.received)
    await app.db.updateTable('mail').set({ status: 'queued', claimedUntil: null }).where('id', '=', mail!.id).execute()
    const sending = await Promise.allSettled(Array.from({ length: 5 }, () => sendMail(app, mail!.id)))
    expect(sending.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(smtp.received).toHaveLength(2)
  })

  test('is sent again when asked for, as another mail', async () => {
    const { order, event } = await buy()
    await workOff(app)
    await resendOrder(app, event.organizer.owner, order.code)
    await workOff(app)
    expect(smtp.received).toHaveLength(2)
    expect(new Set(smtp.received.map((r) => r.mail.messageId)).size).toBe(2)
  })

  test('is one ticket only when that one was replaced', async () => {
    const { order, event } = await buy({ quantity: 3 })
    await workOff(app)
    smtp.received.length = 0
    const [ticket] = await listOrderTickets(app, { id: event.id, publicRef: event.publicRef, qrFormat: 'TK1' }, order)
    await reissueTicket(app, event.organizer.owner, { code: order.code, ticketId: ticket!.id })
    await workOff(app)
    const pages = await readPdf(bytes(only(smtp.received).mail.attachments[0]!.content))
    const qr = readQr(pages[0]!.image)
    expect(pages).toHaveLength(1)
    expect(qr).not.toBe(ticket!.qr)
    expect(await qrTexts(event, order)).toContain(qr)
  })

  test('keeps its Message-ID when a crash makes us send it twice', async () => {
    const { order } = await buy()
    await workOff(app)
    await app.db
      .updateTable('mail')
      .set({ status: 'queued', claimedUntil: null, html: '<p>x</p>', body: 'x' })
      .where('orderId', '=', order.id)
      .execute()
    await sendMail(app, (await mailsOf(order.id))[0]!.id)
    expect(smtp.received).toHaveLength(2)
    expect(smtp.received[0]!.mail.messageId).toBe(smtp.received[1]!.mail.messageId)
  })

  test('lets nobody add headers or recipients through a title, a name or an address', async () => {
    const { order, event } = await buy({ buyer: { name: 'Afi\r\nBcc: spy@example.test', email: 'afi@example.test' } })
    await app.db.updateTable('event').set({ title: 'Concert\r\nBcc: spy@example.test\r\n\r\n<script>' }).where('id', '=', event.id).execute()
    await workOff(app)
    const { raw, recipients, mail } = only(smtp.received)
    const headers = raw.slice(0, raw.indexOf('\r\n\r\n'))
    expect(headers).not.toMatch(/^bcc:/im)
    expect(recipients).toEqual(['afi@example.test'])
    expect(mail.html).not.toContain('<script>')
    await app.db.updateTable('ticketOrder').set({ buyerEmail: 'a@example.test, spy@example.test' }).where('id', '=', order.id).execute()
    await notifyOrder(app, { orderId: order.id, news: { what: 'tickets', again: 'list' } })
    await workOff(app)
    expect(smtp.received).toHaveLength(1)
  })
})

describe('when the SMTP server', () => {
  test('is down, the mail waits and leaves later; the order does not notice', async () => {
    const port = Number(new URL(smtp.url).port)
    await smtp.stop()
    const { order } = await buy()
    await workOff(app)
    const [mail] = await mailsOf(order.id)
    expect(mail).toMatchObject({ status: 'queued', attempts: 1, error: expect.stringMatching(/^E[A-Z]+$/) })
    expect((await findOrder(app.db, order.id))!.status).toBe('paid')
    const { rows } = await app.ownerPool.query<{ last_error: string; attempts: number }>(
      `SELECT last_error, attempts FROM graphile_worker.jobs WHERE key = $1`,
      [`send-mail:${mail!.id}`],
    )
    expect(rows).toMatchObject([{ attempts: 1 }])
    expect(rows[0]!.last_error).not.toContain('@')

    smtp = await startSmtp(port)
    await sendMail(app, mail!.id)
    expect(await mailsOf(order.id)).toMatchObject([{ status: 'sent', attempts: 2 }])
    only(smtp.received)
  })

  test('refuses for now, we try again; for good, we stop', async () => {
    smtp.refuse = { responseCode: 451, message: 'try later afi@example.test' }
    const { order } = await buy()
    await workOff(app)
    const [mail] = await mailsOf(order.id)
    expect(mail).toMatchObject({ status: 'queued', error: expect.stringContaining('451') })
    smtp.refuse = { responseCode: 550, message: 'no such user afi@example.test' }
    await sendMail(app, mail!.id)
    smtp.refuse = null
    expect(await mailsOf(order.id)).toMatchObject([{ status: 'failed', error: expect.stringMatching(/^SMTP 550/), html: '' }])
    expect(JSON.stringify(await mailsOf(order.id).then(([row]) => row!.error))).not.toContain('@')
  })
})

describe('without an SMTP server', () => {
  test('mails are kept whole, with their files', async () => {
    const { order } = await buy({ on: keeping })
    await workOff(keeping)
    const [mail] = await mailsOf(order.id, keeping)
    expect(mail).toMatchObject({ status: 'kept', body: expect.stringContaining('http://guichet.test/t/') })
    const [pdf] = mail!.attachments as { filename: string; content: string }[]
    expect(Buffer.from(pdf!.content, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
  })
})

describe('what else buyers are told', () => {
  test('a paid order that is cancelled, with what goes back; its tickets are not mailed any more', async () => {
    const { order, event } = await buy()
    await cancelOrder(app, event.organizer.owner, { code: order.code })
    await workOff(app)
    expect(only(smtp.received).mail.subject).toMatch(/^Commande annulée/)
    expect(only(smtp.received).mail.attachments).toEqual([])
    // The tickets' mail had not been written yet when the order was cancelled: nothing is sent for it.
    expect((await mailsOf(order.id)).map((mail) => mail.kind)).toEqual(['cancelled'])
  })

  test('tickets that lost their worth before the mail left are not sent', async () => {
    const { order, event } = await buy()
    await notifyOrder(app, { orderId: order.id, news: { what: 'tickets' } })
    await cancelOrder(app, event.organizer.owner, { code: order.code })
    const [mail] = await mailsOf(order.id)
    await sendMail(app, mail!.id)
    expect(smtp.received).toEqual([])
    expect((await mailsOf(order.id))[0]).toMatchObject({ status: 'failed', html: '' })
  })

  test('an event that is called off, in the organizer’s own words, once', async () => {
    const { order, event } = await buy()
    await workOff(app)
    smtp.received.length = 0
    await cancelEvent(app, event.organizer.owner, event.slug, { reason: 'La pluie a noyé la scène.' })
    await workOff(app)
    const { mail } = only(smtp.received)
    expect(mail.subject).toMatch(/^Événement annulé/)
    expect(mail.text).toContain('La pluie a noyé la scène.')
    const entry = new ICAL.Component(ICAL.parse(bytes(mail.attachments[0]!.content).toString()))
    expect(entry.getFirstPropertyValue('method')).toBe('CANCEL')
    expect(await mailsOf(order.id)).toHaveLength(2)
  })

  test('money that comes back or must come back, with the amount', async () => {
    const { order } = await buy()
    await workOff(app)
    smtp.received.length = 0
    await notifyOrder(app, { orderId: order.id, news: { what: 'refund_due', paymentId: 'p1', amount: 5000, cause: 'late' } })
    await notifyOrder(app, { orderId: order.id, news: { what: 'refunded', refundId: 'r1', amount: 5000, tickets: true } })
    await notifyOrder(app, { orderId: order.id, news: { what: 'refund_failed', refundId: 'r2', amount: 5000 } })
    await workOff(app)
    const texts = smtp.received.map((r) => r.mail.text!.replaceAll(/[\s\u202f\u00a0]+/g, ' ')).sort()
    expect(texts).toHaveLength(3)
    for (const text of texts) expect(text).toContain('5 000 F CFA')
  })

  test('a failed payment, once, while there is still time to try again', async () => {
    const { event } = await buy()
    const { id } = await buildTicketType(app, event, { price: 5000 })
    const placed = await placeOrder(app, visitor, {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: id, quantity: 1 }],
      buyer: { name: 'Afi', email: 'afi@example.test' },
      idempotencyKey: uuidv7(),
      channel: 'web',
    })
    await workOff(app)
    smtp.received.length = 0
    const failed = (n: number) =>
      transact(app, (tx) =>
        record(tx, systemActor('payments'), {
          kind: 'payment.failed',
          eventId: event.id,
          organizerId: event.organizer.id,
          subject: `payment:${n}`,
          data: { payable: `order:${placed.id}` },
        }),
      )
    await failed(1)
    await failed(2)
    await workOff(app)
    expect(only(smtp.received).mail.subject).toMatch(/^Paiement non abouti/)
  })

  test('a new time or place, once per change, after five quiet minutes', async () => {
    const { event, order } = await buy()
    await workOff(app)
    smtp.received.length = 0
    const changed = () =>
      transact(app, (tx) =>
        record(tx, systemActor('test'), {
          kind: 'event.changed',
          eventId: event.id,
          organizerId: event.organizer.id,
          subject: `event:${event.id}`,
          data: { fields: ['venue'] },
        }),
      )
    await app.db.updateTable('event').set({ venue: 'Stade de l’Amitié', updatedAt: new Date() }).where('id', '=', event.id).execute()
    await changed()
    await changed()
    await workOff(app)
    expect(smtp.received).toEqual([])
    app.clock.advance(301)
    await announceChange(app, { eventId: event.id })
    await announceChange(app, { eventId: event.id })
    await workOff(app)
    expect(only(smtp.received).mail.text).toContain('Stade de l’Amitié')
    expect(only(smtp.received).mail.attachments.map((a) => a.filename)).toEqual(['evenement.ics'])
    expect(await mailsOf(order.id)).toHaveLength(2)
    app.clock.advance(-301)
  })
})

describe('what accounts and guests are told', () => {
  test('to confirm their address, by a link that does', async () => {
    const accountId = await registerAccount(app, visitor, { email: 'new@example.test', password: 'quatre mots de passe longs', name: 'Ama' })
    await workOff(app)
    const [, token] = /http:\/\/guichet\.test\/verify-email\/([\w-]+)/.exec(only(smtp.received).mail.text!)!
    await verifyEmail(app, visitor, { token: token! })
    expect(await findMailRecipient(app.db, accountId)).toMatchObject({ emailVerified: true })
  })

  test('how to choose a new password; nothing for an address that nobody has', async () => {
    const { email } = await buildAccount(app)
    await requestPasswordReset(app, visitor, { email })
    await requestPasswordReset(app, visitor, { email: 'nobody@example.test' })
    await workOff(app)
    const { mail, recipients } = only(smtp.received)
    expect(recipients).toEqual([email])
    expect(mail.text).toMatch(/http:\/\/guichet\.test\/reset-password\/[\w-]{43}/)
  })

  test('that a team wants them', async () => {
    const organizer = await buildOrganizer(app, { name: 'Les Nuits de Ouidah' })
    await addMember(app, organizer.owner, { organizerId: organizer.id, email: 'cashier@example.test', role: 'cashier' })
    await workOff(app)
    const { mail } = only(smtp.received)
    expect(mail.subject).toBe('Les Nuits de Ouidah vous invite dans son équipe')
    expect(mail.text).toMatch(/comme caissier[^]*\/join-team\/[\w-]{43}/)
  })

  test('that a private event awaits them', async () => {
    const event = await buildEvent(app, { visibility: 'private' })
    await inviteGuest(app, event.organizer.owner, event.slug, { email: 'guest@example.test', name: 'Koffi' })
    await workOff(app)
    const { mail } = only(smtp.received)
    expect(mail.text).toContain('Bonjour Koffi')
    expect(mail.text).toContain(`http://guichet.test/events/${event.slug}?invitation=`)
  })
})
