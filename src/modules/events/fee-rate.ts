// What the platform takes of an organizer's sales.
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import { selectSettings } from '#src/platform/settings.ts'

/** The organizer's rate in basis points: its own, or the platform's. */
export async function commissionRate(app: Pick<App, 'config'>, db: Db, organizerId: number): Promise<number> {
  return (await getOrganizer(db, organizerId)).commissionBps ?? (await selectSettings(db, app.config)).commissionBps
}
