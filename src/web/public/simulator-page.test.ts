// The fake phone, without JavaScript.
import { beforeAll, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { fakePayables, payFor } from '#test/fake-payable.ts'

const app = testApp()
const fakes = fakePayables()
beforeAll(() => fakes.install(app))

const press = (id: string, answer: string, headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' }) =>
  app.server.inject({
    method: 'POST',
    url: `/simulator/${id}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ answer, back: '/t/abc' }).toString(),
  })
const look = async (id: string, query = '') =>
  (await app.server.inject({ url: `/simulator/${id}${query}`, headers: { 'accept-language': 'en' } })).body

test('the payer approves, and the page says so', async () => {
  const { id } = await payFor(app, await fakes.build(app))
  const before = await look(id, '?back=/t/abc')
  expect(before).toContain('5,000')
  expect(before).toContain('href="/t/abc"')
  const answer = await press(id, 'approve')
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `/simulator/${id}?back=%2Ft%2Fabc`])
  expect(await look(id)).toContain('Paid')
  expect(await app.db.selectFrom('payment').select('status').where('id', '=', id).executeTakeFirst()).toEqual({ status: 'SUCCEEDED' })
  // A second press changes nothing.
  expect((await press(id, 'refuse')).statusCode).toBe(303)
  expect(await look(id)).toContain('Paid')
})

test('a phone that never answers stays silent whatever is pressed', async () => {
  const { id } = await payFor(app, await fakes.build(app), { phone: '+2290197000004' })
  await press(id, 'approve')
  expect(await look(id)).toContain('never answers')
  expect(await app.db.selectFrom('simulatorPayment').select('status').where('id', '=', id).executeTakeFirst()).toEqual({ status: 'pending' })
})

test('another site can neither press a button nor choose where one goes back to', async () => {
  const { id } = await payFor(app, await fakes.build(app))
  expect((await press(id, 'approve', { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
  expect(await look(id, '?back=//elsewhere.example')).not.toContain('Back to the order')
  expect(await look(id, '?back=https://elsewhere.example')).not.toContain('Back to the order')
})
