// Links that show an order and its tickets without an account, and the access token of an order in the API.
import { hashToken, newToken } from '#src/kernel/id.ts'
import type { Actor, OrderHolder } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { sameBytes } from '#src/platform/cipher.ts'
import type { Db } from '#src/platform/db.ts'
import type { Order } from './order.ts'
import { insertMagicLinks, selectMagicLink } from './store/magic-links.ts'
import { selectOrderById } from './store/orders.ts'

const DAYS_AFTER_THE_EVENT = 30

/**
 * Makes a link to the order: 256 random bits, of which we keep a hash. It works until 30 days after the event.
 * @returns the token, for `/t/{token}`
 */
export async function mintMagicLink(db: Db, order: { eventId: number; id: number }): Promise<string> {
  const [token] = await mintMagicLinks(db, [order])
  return token!
}

/** As `mintMagicLink`, for many orders at once. @returns their tokens, in the same order */
export async function mintMagicLinks(db: Db, orders: readonly { eventId: number; id: number }[]): Promise<string[]> {
  const tokens = orders.map(() => newToken())
  await insertMagicLinks(
    db,
    orders.map((order, i) => ({ tokenHash: hashToken(tokens[i]!), eventId: order.eventId, orderId: order.id })),
    DAYS_AFTER_THE_EVENT,
  )
  return tokens
}

/** The order that a link shows. Changes nothing: mail scanners open links too. @throws not_found where it is unknown, revoked or too old */
export async function openMagicLink(app: App, token: string): Promise<Order> {
  const link = await selectMagicLink(app.db, hashToken(token), app.clock.now())
  const order = link && (await selectOrderById(app.db, link.orderId))
  if (!order) throw kernelError('not_found')
  return order
}

/** The order's access token: derived, so that a repeated request gets the same one; worthless without our master key. */
export function orderAccessToken(app: Pick<App, 'cipher'>, code: string): string {
  return app.cipher.mac('order-access', code).toString('base64url')
}

/** The actor that a bearer of an order's access token is; null where the token isn't that order's. */
export function orderHolder(app: Pick<App, 'cipher'>, asking: Actor, code: string, bearer: string): OrderHolder | null {
  if (!sameBytes(Buffer.from(orderAccessToken(app, code)), Buffer.from(bearer))) return null
  return { kind: 'order', locale: asking.locale, ip: asking.kind === 'system' ? null : asking.ip, orderCode: code }
}
