// With as few connections as an installation may have: nobody holds locks while waiting for another connection.
import { expect, test } from 'vitest'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildTicketType } from '../factories.ts'
import { approveSilently, buy, expectSound, orderOf, outcomeOf, overtaken, untilWaiting } from '../sale.ts'

const app = testApp({ DATABASE_POOL_SIZE: '2' })

test('the first sale of an organizer is settled while a buyer stands behind its locks', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const order = await buy(app, event, type)
  await approveSilently(app, order.payment!.id)
  const outcomes = await overtaken(
    app,
    (tx) => tx.selectFrom('quotaCounter').select('size').where('quotaId', '=', type.quotaId).forUpdate().execute(),
    [
      () => outcomeOf(settlePayments(app, [order.payment!.id])),
      async () => {
        await untilWaiting(app)
        return outcomeOf(buy(app, event, type, 1, { payment: undefined }))
      },
    ],
  )
  expect(outcomes).toEqual(['done', 'done'])
  expect((await orderOf(app, order)).status).toBe('paid')
  await expectSound(app)
})
