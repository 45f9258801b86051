// Lists as files: as they are filtered, harmless to spreadsheets; long ones written by a job that somebody watches.
import { describe, expect, it } from 'vitest'
import { randomBytes } from 'node:crypto'
import { uuidv7 } from '#src/kernel/id.ts'
import { selectErrand } from '#src/platform/errands.ts'
import { writeExport } from '#src/worker/write-export.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent, type BuiltTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { browse } from '#test/pages.ts'
import { buy, buyAndPay } from '#test/sale.ts'

const app = testApp()
const lines = (text: string) =>
  text
    .replace(/^\ufeff/, '')
    .trim()
    .split('\r\n')

async function crowd(event: BuiltEvent, type: BuiltTicketType, count: number): Promise<void> {
  const [order] = await app.db
    .insertInto('ticketOrder')
    .values({
      eventId: event.id,
      code: 'FOULE00000',
      organizerId: event.organizer.id,
      status: 'paid',
      channel: 'web',
      buyerName: 'Foule',
      locale: 'fr',
      quantity: count,
      total: 0,
      currency: 'XOF',
      paidAt: new Date(),
      idemKey: randomBytes(16),
      requestHash: randomBytes(16),
    })
    .returning('id')
    .execute()
  for (let i = 0; i < count; i += 1000)
    await app.db
      .insertInto('ticket')
      .values(
        Array.from({ length: Math.min(1000, count - i) }, (_, n) => ({
          eventId: event.id,
          id: uuidv7(),
          orderId: order!.id,
          ticketTypeId: type.id,
          code: randomBytes(8),
          kid: 1,
          status: 'paid',
          price: 0,
          holderName: `Personne ${i + n}`,
        })),
      )
      .execute()
}

describe('an export', () => {
  it('holds what the list shows, and nothing that a spreadsheet would run', async () => {
    const event = await buildEvent(app)
    const vip = await buildTicketType(app, event, { name: 'VIP', price: 5000 })
    const free = await buildTicketType(app, event, { name: 'Libre', price: 0 })
    await buyAndPay(app, event, vip, 1, { buyer: { name: '=cmd|calc', email: 'mal@example.test' } })
    await buy(app, event, free, 2, { buyer: { name: 'Bio', email: 'bio@example.test' }, payment: undefined })
    const path = `/organizer/events/${event.slug}`
    const owner = browse(app, event.organizer.owner)
    const orders = await owner.get(`${path}/orders.csv`)
    expect(orders.headers['content-disposition']).toBe(`attachment; filename="orders-${event.slug}.csv"`)
    expect(lines(orders.html)).toHaveLength(3)
    expect(orders.html).toContain(`'=cmd|calc`)
    expect(lines((await owner.get(`${path}/orders.csv?q=bio`)).html)).toHaveLength(2)
    expect(lines((await owner.get(`${path}/participants.csv?paid=no`)).html)).toHaveLength(3)
    expect(lines((await owner.get(`${path}/participants.csv?type=${vip.id}&entered=no`)).html)).toHaveLength(2)
    expect((await owner.get(`${path}/participants?paid=no`)).html).toContain(`${path}/participants.csv?paid=no`)
    expect((await owner.get(`${path}/orders.xlsx`)).status).toBe(200)
    const [agent, rival] = [await buildMember(app, event.organizer.id, 'agent'), await buildOrganizer(app)]
    for (const file of ['orders.csv', 'orders.xlsx', 'participants.csv']) {
      expect([file, (await browse(app, agent).get(`${path}/${file}`)).status]).toEqual([file, 403])
      expect([file, (await browse(app, rival.owner).get(`${path}/${file}`)).status]).toEqual([file, 404])
    }
  })

  it('of a crowd is written by a job, in every format, watched by who leads', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { name: 'Foule', quantity: 10_000 })
    await crowd(event, type, 5001)
    const path = `/organizer/events/${event.slug}`
    const owner = browse(app, event.organizer.owner)
    expect((await owner.get(`${path}/participants`)).html).toContain(`action="${path}/exports"`)
    expect((await owner.get(`${path}/participants?q=Personne 17`)).html).toContain(`${path}/participants.csv?q=Personne+17`)
    for (const format of ['csv', 'xlsx', 'pdf']) {
      const { location } = await owner.post(`${path}/exports`, { list: 'participants', format, rows: 5001, query: '' })
      const id = location.split('/').at(-1)!
      if (format === 'csv') {
        expect((await owner.get(location)).text).toMatch(/Écriture du fichier\s: 0 sur 5\s001/)
        // Killed in the middle: what had been written is thrown away.
        await app.db
          .insertInto('errandPart')
          .values({
            errandId: id,
            organizerId: event.organizer.id,
            file: 'participants.csv',
            part: 1,
            bytes: 1,
            sealed: app.cipher.seal('errand-part', Buffer.from('x')),
          })
          .execute()
      }
      await workOff(app)
      await writeExport(app, id)
      expect(await selectErrand(app.db, id)).toMatchObject({ state: 'done', done: 5001, total: 5001 })
      const file = await owner.get(`${location}/files/participants.${format}`)
      expect(Number(file.headers['content-length'])).toBeGreaterThan(50_000)
      if (format === 'csv') expect(lines(file.html)).toHaveLength(5002)
    }
    const cashier = await buildMember(app, event.organizer.id, 'cashier')
    expect((await browse(app, cashier).get(`${path}/participants`)).html).not.toContain(`action="${path}/exports"`)
    expect((await browse(app, cashier).post(`${path}/exports`, { list: 'participants', format: 'csv' })).status).toBe(403)
    expect((await owner.post(`${path}/exports`, { list: 'orders', format: 'pdf' })).status).toBe(422)
  })

  it('that can not be written says why', async () => {
    const event = await buildEvent(app)
    const owner = browse(app, event.organizer.owner)
    const { location } = await owner.post(`/organizer/events/${event.slug}/exports`, { list: 'orders', format: 'csv', rows: 9000 })
    const id = location.split('/').at(-1)!
    const input = JSON.stringify({ slug: 'nulle-part', list: 'orders', format: 'csv', query: '' })
    await app.db.updateTable('errand').set({ input }).where('id', '=', id).execute()
    await writeExport(app, id)
    expect(await selectErrand(app.db, id)).toMatchObject({ state: 'failed', error: 'not_found' })
  })

  it('that is stopped leaves nothing behind', async () => {
    const event = await buildEvent(app)
    const owner = browse(app, event.organizer.owner)
    const { location } = await owner.post(`/organizer/events/${event.slug}/exports`, { list: 'orders', format: 'csv', rows: 9000 })
    await owner.post(`${location}/stop`)
    await workOff(app)
    expect((await owner.get(location)).text).toContain('Le travail est arrêté')
    expect(await app.db.selectFrom('errandPart').select('file').where('errandId', '=', location.split('/').at(-1)!).execute()).toEqual([])
  })
})
