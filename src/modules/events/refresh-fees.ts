// refreshFees: where buyers bear the commission, they bear the one that holds now.
import { systemActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { selectSettings } from '#src/platform/settings.ts'
import { feesChanged } from './facts.ts'
import { refreshFeeRows } from './store/events.ts'

/** Brings the fee of events that still sell to the rate of their organizer, which staff may have changed. @returns how many had another */
export function refreshFees(app: App): Promise<number> {
  return transact(app, async (tx) => {
    const { commissionBps } = await selectSettings(tx, app.config)
    const changed = await refreshFeeRows(tx, commissionBps)
    await record(tx, systemActor('refresh-fees'), ...changed.map((event) => feesChanged(event, event.feeBps)))
    return changed.length
  })
}
