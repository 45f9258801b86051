// What staff decides about an organizer: the commission, and whether it may sell.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { commissionChanged, salesResumed, salesSuspended } from './facts.ts'
import type { Organizer } from './organizer.ts'
import { requireRecentProof } from './require-proof.ts'
import { lockOrganizer, selectOrganizerBySlug, updateOrganizerRow } from './store/organizers.ts'

/** Half of a sale. */
export const MAX_COMMISSION_BPS = 5000

/**
 * Counts for payments that settle from now on; what is in the ledger stays as it is.
 * @param input.commissionBps basis points; null: the platform's own rate
 * @throws `forbidden`, `not_found`, `password_needed`, `invalid_input`
 */
export async function changeCommission(app: App, actor: Actor, input: { slug: string; commissionBps: number | null }): Promise<Organizer> {
  const { commissionBps } = input
  if (commissionBps !== null && !(Number.isInteger(commissionBps) && commissionBps >= 0 && commissionBps <= MAX_COMMISSION_BPS))
    throw invalidInput({ pointer: '/body/commission', code: 'out_of_range' })
  return change(app, actor, input.slug, async (tx, organizer) => {
    requireRecentProof(app, actor)
    if (organizer.commissionBps === commissionBps) return
    await updateOrganizerRow(tx, organizer.id, { commissionBps })
    await record(tx, actor, commissionChanged(organizer.id, organizer.commissionBps, commissionBps))
  })
}

/**
 * Nobody can order from this organizer any more, its counter included, within a second. What is sold stays valid; what is being paid is settled.
 * @throws `forbidden`, `not_found`, `password_needed`, `invalid_input` without a reason
 */
export async function suspendSales(app: App, actor: Actor, input: { slug: string; reason: string }): Promise<Organizer> {
  const reason = input.reason.trim()
  if (!reason) throw invalidInput({ pointer: '/body/reason', code: 'required' })
  return change(app, actor, input.slug, async (tx, organizer) => {
    requireRecentProof(app, actor)
    if (organizer.salesSuspendedAt) return
    await updateOrganizerRow(tx, organizer.id, { salesSuspendedAt: app.clock.now() })
    await record(tx, actor, salesSuspended(organizer.id, reason))
  })
}

/** @throws `forbidden`, `not_found` */
export async function resumeSales(app: App, actor: Actor, input: { slug: string }): Promise<Organizer> {
  return change(app, actor, input.slug, async (tx, organizer) => {
    if (!organizer.salesSuspendedAt) return
    await updateOrganizerRow(tx, organizer.id, { salesSuspendedAt: null })
    await record(tx, actor, salesResumed(organizer.id))
  })
}

async function change(app: App, actor: Actor, slug: string, work: (tx: Tx, organizer: Organizer) => Promise<void>): Promise<Organizer> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  const changed = await transact(app, async (tx) => {
    const found = await selectOrganizerBySlug(tx, slug)
    const organizer = found && (await lockOrganizer(tx, found.id))
    if (!organizer) throw kernelError('not_found')
    await work(tx, organizer)
    return (await lockOrganizer(tx, organizer.id))!
  })
  app.nudge('facts')
  return changed
}
