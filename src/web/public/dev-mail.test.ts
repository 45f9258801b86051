import { describe, expect, test } from 'vitest'
import { uuidv7 } from '#src/kernel/id.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'

const keeping = testApp()
const sending = testApp({ SMTP_URL: 'smtp://127.0.0.1:1' })

const get = (url: string) => keeping.server.inject({ url })

describe('the page of kept mails', () => {
  test('shows what was not sent, its links and its files', async () => {
    const event = await buildEvent(keeping)
    const type = await buildTicketType(keeping, event, { price: 0 })
    await placeOrder(
      keeping,
      { kind: 'visitor', locale: 'fr', ip: null },
      {
        eventSlug: event.slug,
        lines: [{ ticketTypeId: type.id, quantity: 1 }],
        buyer: { name: 'Afi <b>', email: 'afi@example.test' },
        idempotencyKey: uuidv7(),
        channel: 'web',
      },
    )
    await workOff(keeping)

    const list = await get('/dev/mail')
    expect(list.statusCode).toBe(200)
    const [, id] = /href="\/dev\/mail\/(\d+)"/.exec(list.body)!
    const screen = (await get(`/dev/mail/${id}`)).body
    expect(screen).toMatch(/href="http:\/\/guichet\.test\/t\/[\w-]{43}"/)
    const html = await get(`/dev/mail/${id}/html`)
    expect(html.headers['content-security-policy']).toContain(`default-src 'none'`)
    expect(html.body).toContain('Bonjour Afi &lt;b&gt;')
    const file = await get(`/dev/mail/${id}/files/0`)
    expect(file.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': expect.stringMatching(/^attachment; filename="billet-/),
    })
    expect(file.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await get(`/dev/mail/${id}/files/9`)).statusCode).toBe(404)
    expect((await get('/dev/mail/999')).statusCode).toBe(404)
  })

  test('does not exist where mails leave', async () => {
    expect((await sending.server.inject({ url: '/dev/mail' })).statusCode).toBe(404)
  })
})
