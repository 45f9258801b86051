// What a buyer shows for an expense: who sold what to whom, and how it was paid. One A5 page, more where an order has many lines.
import PDFDocument from 'pdfkit'
import type { Locale } from '#src/kernel/actor.ts'
import { formatMoney, type Money } from '#src/kernel/money.ts'
import { messages } from '#src/locales/locale.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { loadFonts } from '#src/platform/fonts.ts'
import { momentText, placeText, spanText } from './event-time.ts'

export type ReceiptInput = {
  order: Order
  event: Pick<Event, 'title' | 'startsAt' | 'endsAt' | 'timezone' | 'venue' | 'address' | 'city'>
  tickets: readonly Pick<ShownTicket, 'ticketType' | 'ticketTypeId' | 'price'>[]
  seller: string
  /** The provider that took the money; null where nothing was to pay. */
  provider: string | null
}

const LEFT = 42
const RIGHT = 419.53 - 42
const WIDTH = RIGHT - LEFT
const INK = '#1c1b2b'
const SOFT = '#55526b'
const LATERITE = '#b04a2a'

/** The receipt of an order that was paid; its number is the order's code. */
export async function receiptPdf({ order, event, tickets, seller, provider }: ReceiptInput, locale: Locale): Promise<Buffer> {
  const t = messages(locale).receipt
  const methods: Readonly<Record<string, string>> = messages(locale).checkout.methods
  const { regular, bold } = loadFonts()
  const doc = new PDFDocument({
    size: 'A5',
    margin: LEFT,
    font: false as never,
    lang: locale,
    displayTitle: true,
    pdfVersion: '1.7',
    info: { Title: t.title(order.code), Creator: 'Guichet' },
  })
  const done = collect(doc)
  doc.registerFont('regular', regular as never)
  doc.registerFont('bold', bold as never)
  const money = (amount: number): string => formatMoney({ amount, currency: order.total.currency } satisfies Money, locale)
  const label = (text: string) => doc.font('regular').fontSize(8).fillColor(SOFT).text(text.normalize('NFC'), LEFT, doc.y, { width: WIDTH })
  const value = (text: string) => doc.font('bold').fontSize(10).fillColor(INK).text(text.normalize('NFC'), { width: WIDTH }).moveDown(0.6)
  const line = (left: string, right: string, font: 'regular' | 'bold') => {
    const height = doc
      .font(font)
      .fontSize(10)
      .heightOfString(left, { width: WIDTH - 120 })
    if (doc.y + height > doc.page.height - LEFT) doc.addPage()
    const { y } = doc
    doc
      .font(font)
      .fontSize(10)
      .fillColor(INK)
      .text(left.normalize('NFC'), LEFT, y, { width: WIDTH - 120 })
      .text(right, RIGHT - 110, y, { width: 110, align: 'right' })
    doc.y = y + height + 5
  }
  const fold = () => {
    doc
      .moveTo(LEFT, doc.y + 4)
      .lineTo(RIGHT, doc.y + 4)
      .dash(3, { space: 3 })
      .lineWidth(0.8)
      .stroke(SOFT)
      .undash()
    doc.y += 14
  }

  doc.font('bold').fontSize(9).fillColor(LATERITE).text('Guichet', LEFT, LEFT)
  doc.font('bold').fontSize(18).fillColor(INK).text(t.title(order.code), { width: WIDTH }).moveDown(0.5)
  label(t.seller)
  value(seller)
  label(t.buyer)
  value([order.buyer.name, order.buyer.email, order.buyer.phone].filter(Boolean).join('\n'))
  label(t.event)
  value([event.title, spanText(event, locale), placeText(event)].filter(Boolean).join('\n'))
  fold()
  for (const list of Map.groupBy(tickets, (ticket) => `${ticket.ticketTypeId} ${ticket.price}`).values()) {
    line(`${list.length} × ${list[0]!.ticketType} (${money(list[0]!.price)})`, money(list.length * list[0]!.price), 'regular')
  }
  fold()
  line(t.total, money(order.total.amount), 'bold')
  if (order.fees) line(messages(locale).fees.label, money(order.fees), 'regular')
  doc.moveDown(0.8)
  const by = provider === null ? null : (methods[provider] ?? provider)
  if (order.paidAt) {
    label(t.paid)
    value([momentText(order.paidAt, event.timezone, locale), by].filter(Boolean).join(', '))
  }
  if (order.status !== 'paid') {
    label(t.status)
    value(messages(locale).order.orderStatuses[order.status])
  }
  doc.end()
  return done
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    doc
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject)
  })
}
