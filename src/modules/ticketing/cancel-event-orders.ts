// cancelEventOrders: the event is called off, so every order is, and every franc goes back. Runs as a job, in small turns.
import { systemActor } from '#src/kernel/actor.ts'
import { DomainError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { cancelOrder } from './cancel-order.ts'
import { selectCodesOfLiveOrders } from './store/orders.ts'

const TURN = 100

/** Cancels all orders of the event that are unpaid or paid. Run again after a crash, it goes on where it stopped. @returns how many it cancelled */
export async function cancelEventOrders(app: App, eventId: number): Promise<number> {
  const actor = systemActor('cancel-event')
  let count = 0
  for (let after = 0; ;) {
    const orders = await selectCodesOfLiveOrders(app.db, eventId, after, TURN)
    for (const { code } of orders) {
      // One that changed meanwhile (paid late, cancelled by its buyer) must not stop the others; the next turn finds what is left.
      await cancelOrder(app, actor, { code, force: true }).then(
        () => count++,
        (error: unknown) => {
          if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error
          app.log.warn({ order: code, refusal: error.code }, 'order not cancelled with its event')
        },
      )
    }
    if (orders.length < TURN) return count
    after = orders.at(-1)!.id
  }
}
