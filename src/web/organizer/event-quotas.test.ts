// Places that several types share: made, chosen, resized, never below what is sold.
import { describe, expect, it } from 'vitest'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()

describe('shared places', () => {
  it('are made, drawn on by two types, and resized above what is taken', async () => {
    const event = await buildEvent(app)
    const owner = browse(app, event.organizer.owner)
    const path = `/organizer/events/${event.slug}`
    expect((await owner.get(`${path}/quotas`)).text).toContain('Aucune place partagée')
    const wrong = await owner.post(`${path}/quotas`, { name: '', size: 'beaucoup' })
    expect(wrong.status).toBe(422)
    for (const field of ['name', 'size']) expect(wrong.html).toContain(`id="field-${field}-error"`)
    expect((await owner.post(`${path}/quotas`, { name: 'Fosse', size: '40' })).status).toBe(303)
    const { id } = await app.db
      .selectFrom('quota')
      .select('id')
      .where('eventId', '=', event.id)
      .where('kind', '=', 'shared')
      .executeTakeFirstOrThrow()
    expect((await owner.get(`${path}/tickets`)).text).toContain('Fosse (40 places partagées)')
    for (const name of ['Plein tarif', 'Étudiant']) {
      expect((await owner.post(`${path}/tickets`, { name, price: '1000', quotaId: id, minPerOrder: 1, maxPerOrder: 10 })).status).toBe(303)
    }
    const types = await listTicketTypes(app, event.id, { hidden: true })
    expect(types.map((type) => [type.quota.id, type.remaining])).toEqual([
      [id, 40],
      [id, 40],
    ])
    await app.db.updateTable('quotaCounter').set({ sold: 5 }).where('quotaId', '=', id).execute()
    const below = await owner.post(`${path}/quotas/${id}`, { [`size-${id}`]: '4' })
    expect([below.status, below.html.includes(`id="field-size-${id}-error"`)]).toEqual([409, true])
    expect((await owner.post(`${path}/quotas/${id}`, { [`size-${id}`]: '50' })).status).toBe(303)
    expect((await owner.get(`${path}/quotas`)).html).toContain('value="50"')
    // A number is still needed where nothing is shared.
    expect((await owner.post(`${path}/tickets`, { name: 'VIP', price: '1000', quotaId: '' })).html).toContain('id="field-quantity-error"')
  })

  it('are for those who lead', async () => {
    const event = await buildEvent(app)
    const path = `/organizer/events/${event.slug}/quotas`
    for (const role of ['cashier', 'agent'] as const)
      expect((await browse(app, await buildMember(app, event.organizer.id, role)).get(path)).status).toBe(403)
    expect((await browse(app, (await buildOrganizer(app)).owner).post(path, { name: 'X', size: 1 })).status).toBe(404)
    expect((await browse(app, event.organizer.owner).post(`${path}/999999`, { 'size-999999': 1 })).status).toBe(404)
  })
})
