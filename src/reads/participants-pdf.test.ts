// The printed list, read back from its PDF.
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { readPdf } from '#test/readers.ts'
import { openParticipantsExport } from './participants-export.ts'
import { participantsPdf } from './participants-pdf.ts'

const app = testApp()

describe('the printed list', () => {
  test('names everybody once, by name, over as many pages as it takes, without refunded tickets', async () => {
    const event = await buildEvent(app, { title: 'Nuit du conte – Ɛɔŋɓẹ' })
    const type = await buildTicketType(app, event, { name: 'Standard', price: 0, quantity: 100 })
    for (const [name, quantity] of [
      ['Zinsou Ada', 1],
      ['Élodie Agbo', 1],
      ['Bio Kérékou', 10],
    ] as const) {
      await placeOrder(
        app,
        { kind: 'visitor', locale: 'fr', ip: null },
        {
          eventSlug: event.slug,
          lines: [{ ticketTypeId: type.id, quantity }],
          buyer: { name, email: 'x@example.test' },
          idempotencyKey: name,
          channel: 'web',
        },
      )
    }
    for (let i = 0; i < 4; i++) {
      await placeOrder(
        app,
        { kind: 'visitor', locale: 'fr', ip: null },
        {
          eventSlug: event.slug,
          lines: [{ ticketTypeId: type.id, quantity: 10 }],
          buyer: { name: `Groupe ${i}`, email: 'x@example.test' },
          idempotencyKey: `g${i}`,
          channel: 'web',
        },
      )
    }
    const refunded = await app.db
      .selectFrom('ticketOrder')
      .select('id')
      .where('eventId', '=', event.id)
      .where('buyerName', '=', 'Groupe 3')
      .executeTakeFirstOrThrow()
    await app.db.updateTable('ticket').set({ status: 'refunded' }).where('eventId', '=', event.id).where('orderId', '=', refunded.id).execute()
    const pages = await readPdf(await buffer(participantsPdf(await openParticipantsExport(app, event.organizer.owner, event.slug, { pageSize: 7 }))))
    expect(pages).toHaveLength(2)
    const text = pages.map((page) => page.text.normalize('NFC')).join(' ')
    expect(text).toContain('Nuit du conte – Ɛɔŋɓẹ')
    expect(text).toContain('42 billets valables, par nom')
    expect(text.match(/Bio Kérékou/g)).toHaveLength(10)
    expect(text).not.toContain('Groupe 3')
    expect(text.indexOf('Bio Kérékou')).toBeLessThan(text.indexOf('Élodie Agbo'))
    expect(text.indexOf('Élodie Agbo')).toBeLessThan(text.indexOf('Zinsou Ada'))
  })

  test('is an empty page where nobody comes, and nothing for gate agents or others', async () => {
    const event = await buildEvent(app)
    expect(await readPdf(await buffer(participantsPdf(await openParticipantsExport(app, event.organizer.owner, event.slug))))).toHaveLength(1)
    await expect(openParticipantsExport(app, await buildMember(app, event.organizer.id, 'agent'), event.slug)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(openParticipantsExport(app, (await buildOrganizer(app)).owner, event.slug)).rejects.toMatchObject({ code: 'not_found' })
  })
})
