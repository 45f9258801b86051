// Takes the names and addresses of people who left out of their orders; what was sold and paid stays.
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { adoptOrders, forgetBuyersOf } from './store/forgotten-buyers.ts'

/**
 * Somebody has left.
 * @param asked.email their proven address: orders placed with it as a guest are theirs; null where none was proven
 */
export async function forgetBuyer(app: App, asked: { accountId: number; email: string | null }): Promise<void> {
  await transact(app, async (tx) => {
    if (asked.email) await adoptOrders(tx, asked.accountId, asked.email)
    await forgetBuyersOf(tx, app.clock.now(), asked.accountId)
  })
}

/** What was still needed when they left: orders of events that are over by now. */
export async function forgetBuyers(app: App): Promise<void> {
  await transact(app, (tx) => forgetBuyersOf(tx, app.clock.now(), null))
}
