// An organizer's first week in a real browser: registers, creates and publishes an event, sells at the desk, invites a cashier and an agent who accept by
// mail, answers a refund, takes the lists along. In both languages, with and without JavaScript, on a phone and a wide screen.
import readExcelFile from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findMail } from '#src/modules/notifications/find-mails.ts'
import { requestOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import { testApp } from '../app.ts'
import type { BuiltEvent } from '../factories.ts'
import { workOff } from '../jobs.ts'
import { readPdf } from '../readers.ts'
import { buyAndPay, holderOf } from '../sale.ts'
import { organizerAt } from './organizer.ts'
import { FOUR_SEATS, named, openStage, PATIENCE, type Stage } from './stage.ts'

const app = testApp({ PUBLIC_URL: '' })

describe('an organizer', PATIENCE, () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage(app)
  })
  afterAll(async () => {
    await stage?.close()
  })

  /** The link in the newest mail to somebody. */
  async function mailedLink(email: string): Promise<string> {
    await workOff(app)
    const { id } = await app.db.selectFrom('mail').select('id').where('recipient', '=', email).orderBy('id', 'desc').executeTakeFirstOrThrow()
    return /https?:\/\/\S+\/join-team\/\S+/.exec((await findMail(app, id))!.text)![0]
  }

  test.each(named(FOUR_SEATS))('goes from a name to the last list: %s', async (name, seat) => {
    const visit = await stage.visit(seat)
    const organizer = organizerAt(visit)
    const who = name.toLowerCase().replaceAll(/\W+/g, '-')
    await organizer.registers('Awa Dossou', `awa-${who}@example.test`, `Les Conteurs ${who}`)
    const slug = await organizer.creates({ title: `Nuit du conte ${who}`, city: 'Ouidah', type: 'Place assise', price: 3000, places: 120 })
    await organizer.publishes()

    await organizer.opens(slug, '/desk', 'desk')
    await organizer.sellsAtTheDesk('Place assise', 2, 3000)

    // A cashier and an agent, who have never been here.
    await organizer.invites(`caisse-${who}@example.test`, 'cashier')
    await organizer.invites(`porte-${who}@example.test`, 'agent')
    await organizer.opensGate(slug, 'Entrée principale', `porte-${who}@example.test`)
    const cashierVisit = await stage.visit(seat)
    const cashier = organizerAt(cashierVisit)
    await cashier.joins(await mailedLink(`caisse-${who}@example.test`), 'Bérénice Caisse')
    await cashier.opens(slug, '/desk', 'desk of a cashier')
    await cashier.sellsAtTheDesk('Place assise', 1, 3000)
    await cashierVisit.leave()
    const agentVisit = await stage.visit(seat)
    await organizerAt(agentVisit).joins(await mailedLink(`porte-${who}@example.test`), 'Landry Porte')
    await agentVisit.go('/gate')
    expect(await organizerAt(agentVisit).heading()).toBe('Entrée principale')
    await agentVisit.leave()

    // Two buyers of the web, both of whom ask for their money.
    const event = await app.db.selectFrom('event').selectAll().where('slug', '=', slug).executeTakeFirstOrThrow()
    const type = await app.db.selectFrom('ticketType').select('id').where('eventId', '=', event.id).executeTakeFirstOrThrow()
    const buys = async (buyer: string) => {
      const order = await buyAndPay(app, event as unknown as BuiltEvent, type, 2, { buyer: { name: buyer, email: 'buyer@example.test' } })
      await requestOrderRefund(app, holderOf(order), { code: order.code, reason: 'Je suis malade.' })
      return order.code
    }
    await organizer.findsRefundRequest(slug, await buys('Koffi Mensah'), 'Je suis malade.')
    await organizer.refunds(6000)
    await organizer.findsRefundRequest(slug, await buys('Afi Lawson'), 'Je suis malade.')
    await organizer.declines('Le spectacle est maintenu.')

    await organizer.opens(slug, '', 'event, with sales')
    await organizer.opens(slug, '/orders', 'orders')
    await organizer.opens(slug, '/participants', 'participants')
    const { csv, xlsx, pdf } = visit.t.organizer
    const lines = (await organizer.takes(csv)).toString('utf8').trim().split('\r\n')
    expect(lines[0]).toContain(visit.t.exports.participant)
    expect(lines.filter((line) => line.includes('Afi Lawson'))).toHaveLength(2)
    const [sheet] = (await readExcelFile(await organizer.takes(xlsx))) as unknown as { data: unknown[][] }[]
    expect(sheet!.data.length).toBe(lines.length)
    expect(sheet!.data[0]).toContain(visit.t.exports.participant)
    const paper = await readPdf(await organizer.takes(pdf))
    expect(paper[0]!.text).toContain('Afi Lawson')
    await visit.leave()
  })
})
