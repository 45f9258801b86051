// What notifications refuse. The codes are public names: clients rely on them.
import { errorsOf, type ErrorCatalogue } from '#src/kernel/domain-error.ts'

export const notificationsErrors = {
  mail_not_resendable: 'conflict',
} as const satisfies ErrorCatalogue
export type NotificationsErrorCode = keyof typeof notificationsErrors
export const notificationsError = errorsOf(notificationsErrors)
