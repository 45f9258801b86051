// What an event promises about giving money back: until when buyers may ask, and who answers. Pure rules, no I/O.
import type { FieldProblem } from '#src/kernel/domain-error.ts'

export type RefundPolicy = {
  /** Buyers may ask until so many days before the start; 0: until the start, null: never. */
  days: number | null
  /** A request in time is granted without anybody looking at it. */
  atOnce: boolean
  /** A sentence of the organizer's own; may be empty. */
  note: string
}

export const MAX_REFUND_DAYS = 365
export const MAX_REFUND_NOTE = 500

const DAY_MS = 86_400_000

/** The last moment for a request; null where there is none at all. */
export function refundDeadline(event: { startsAt: Date; refundPolicy: Pick<RefundPolicy, 'days'> }): Date | null {
  const { days } = event.refundPolicy
  return days === null ? null : new Date(event.startsAt.getTime() - days * DAY_MS)
}

/** Why buyers may not ask for their money at this moment; undefined where they may. At the deadline itself it is too late. */
export function refundRefusal(
  event: { startsAt: Date; refundPolicy: RefundPolicy },
  now: Date,
): 'refund_not_offered' | 'refund_too_late' | undefined {
  const deadline = refundDeadline(event)
  if (deadline === null) return 'refund_not_offered'
  return now >= deadline ? 'refund_too_late' : undefined
}

/** True where nobody who bought under `before` is worse off under `after`. */
export function isAtLeastAsGenerous(after: RefundPolicy, before: RefundPolicy): boolean {
  if (before.days === null) return true
  return after.days !== null && after.days <= before.days && (after.atOnce || !before.atOnce)
}

/** What is wrong with a policy, field by field; empty where nothing is. */
export function refundPolicyProblems({ days, note }: RefundPolicy): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (days !== null && !(Number.isInteger(days) && days >= 0 && days <= MAX_REFUND_DAYS))
    problems.push({ pointer: '/body/days', code: 'out_of_range' })
  if (note.length > MAX_REFUND_NOTE) problems.push({ pointer: '/body/note', code: 'too_long' })
  return problems
}
