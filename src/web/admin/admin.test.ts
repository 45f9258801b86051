import { describe, expect, test } from 'vitest'
import { transact } from '#src/platform/db.ts'
import { countJobs, enqueue } from '#src/platform/jobs.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()
const PAGES = ['', '/checks', '/events', '/money', '/users', '/organizers', '/jobs', '/mails', '/facts'].map((name) => `/admin${name}`)
const staff = async () => browse(app, await buildAccount(app, { role: 'admin' }))

describe('the administration', () => {
  test('opens to staff, and to nobody else', async () => {
    const browser = await staff()
    for (const url of PAGES) expect((await browser.get(url)).status, url).toBe(200)
    const organizer = await buildOrganizer(app)
    for (const actor of [organizer.owner, await buildMember(app, organizer.id, 'agent'), await buildAccount(app)]) {
      for (const url of PAGES) expect((await browse(app, actor).get(url)).status, url).toBe(403)
      expect((await browse(app, actor).post('/admin/jobs')).status).toBe(403)
    }
    expect((await browse(app).get('/admin')).location).toBe('/login?next=%2Fadmin')
  })

  test('publishes an event that waits for a review, or sends it back with the reason', async () => {
    const browser = await staff()
    const [good, bad] = [
      await buildEvent(app, { status: 'pending_review', title: 'Bal des pompiers' }),
      await buildEvent(app, { status: 'pending_review', title: 'Loterie truquée' }),
    ]
    expect((await browser.get('/admin')).text).toContain('2 événements à relire')
    expect((await browser.get('/admin/events')).text).toContain('Bal des pompiers')
    expect((await browser.post(`/admin/events/${good.slug}`, { decision: 'approve' })).location).toBe('/admin/events')
    await browser.post(`/admin/events/${bad.slug}`, { decision: 'reject', reason: 'Interdit par nos règles' })
    const states = await app.db.selectFrom('event').select('status').where('id', 'in', [good.id, bad.id]).orderBy('id').execute()
    expect(states.map((row) => row.status)).toEqual(['published', 'draft'])
    expect((await browser.get('/admin/events')).text).toContain('Aucun événement n’attend une relecture.')
  })

  test('suspends somebody with a reason, lets them back in, and changes a role; each is in the log', async () => {
    const admin = await buildAccount(app, { role: 'admin' })
    const browser = browse(app, admin)
    const person = await buildAccount(app, { name: 'Afi Agbo' })
    const path = `/admin/users/${person.publicId}`
    expect((await browser.get(`/admin/users?q=${encodeURIComponent(person.email)}`)).html).toContain(path)
    const refused = await browser.post(`${path}/suspend`, { reason: ' ' })
    expect([refused.status, refused.html.includes('id="field-reason-error"')]).toEqual([422, true])
    await browser.post(`${path}/suspend`, { reason: 'Fraude' })
    expect((await browser.get(path)).text).toContain('Suspendu')
    expect((await browse(app, person).get('/account')).status).toBe(303)
    await browser.post(`${path}/reinstate`)
    expect((await browser.get(path)).text).not.toContain('Suspendu')
    await browser.post(`${path}/role`, { role: 'organizer' })
    expect((await browser.get(path)).html).toMatch(/value="organizer" checked/)
    expect((await browser.post(`${path}/role`, { role: 'superadmin' })).status).toBe(403)
    expect((await browser.post(`/admin/users/${admin.publicId}/suspend`, { reason: 'moi' })).status).toBe(409)
    expect((await browser.get('/admin/users/nobody')).status).toBe(404)
    expect((await browse(app, (await buildOrganizer(app)).owner).post(`${path}/suspend`, { reason: 'x' })).status).toBe(403)
    const log = await browser.get('/admin/facts?q=account.')
    expect(log.text).toContain(`account:${admin.accountId}`)
    expect((await browser.get('/admin/facts?q=nothing-of-the-kind')).text).toContain('Rien de tel')
  })

  test('shows what must always be true, the violation first, with what to do', async () => {
    const browser = await staff()
    expect((await browser.get('/admin/checks')).text).toContain('Tout est juste.')
    const event = await buildEvent(app, { capacity: 10 })
    await app.ownerPool.query('UPDATE quota_counter SET sold = 3 WHERE event_id = $1', [event.id])
    const page = await browser.get('/admin/checks')
    expect(page.text).toContain('1 contrôle à regarder')
    expect(page.text).toContain('sold 3 but 0 tickets sold')
    expect(page.text).toContain('corrigez quota_counter')
    await app.ownerPool.query('UPDATE quota_counter SET sold = 0 WHERE event_id = $1', [event.id])
  })

  test('lets jobs that were given up run again', async () => {
    const browser = await staff()
    await transact(app, (tx) => enqueue(tx, 'send-refund', { refundId: uuidv7() }, { key: 'given-up' }))
    await app.ownerPool.query(`UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'the provider is gone'`)
    expect((await browser.get('/admin')).text).toContain('1 tâche abandonnée')
    expect((await browser.get('/admin/jobs')).text).toContain('the provider is gone')
    await browser.post('/admin/jobs')
    expect(await countJobs(app.db)).toEqual({ waiting: 1, failing: 0, dead: 0 })
  })

  test('finds people by a part of their name or address, taking % and _ at their word', async () => {
    const browser = await staff()
    await buildAccount(app, { email: 'afi_mensah@example.test', name: 'Afi Mensah' })
    await buildAccount(app, { email: 'afixmensah@example.test', name: 'Somebody Else' })
    const page = await browser.get('/admin/users?q=afi_mensah')
    expect(page.text).toContain('afi_mensah@example.test')
    expect(page.text).not.toContain('afixmensah@example.test')
    expect((await browser.get('/admin/users?q=nobody-of-that-name')).text).toContain('Personne ne correspond.')
  })
})
