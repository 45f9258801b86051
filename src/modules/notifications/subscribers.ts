// Which facts make us write to somebody.
import type { Subscriptions } from '#src/platform/facts.ts'

export const notificationsSubscriptions: Subscriptions = {
}
