// An organizer as everybody may know it.
import { isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { findOrganizer } from '#src/modules/identity/find-organizers.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import type { App } from '#src/platform/app.ts'
import { listPublicEvents } from './list-events.ts'

/** The organizer, once it has shown something in public; to its team and staff always. @throws `not_found` */
export async function getPublicOrganizer(app: App, actor: Actor, slug: string): Promise<Organizer> {
  const organizer = await findOrganizer(app.db, slug)
  if (!organizer) throw kernelError('not_found')
  if (isStaff(actor) || worksFor(actor, organizer.id, 'owner', 'manager', 'cashier', 'agent') || (await hasShownItself(app, slug))) return organizer
  throw kernelError('not_found')
}

/** True where the public finds an event of it, one to come or one that was. */
export async function hasShownItself(app: App, slug: string): Promise<boolean> {
  const [upcoming, past] = await Promise.all([
    listPublicEvents(app, { organizer: slug, limit: 1 }),
    listPublicEvents(app, { organizer: slug, status: 'past', limit: 1 }),
  ])
  return upcoming.data.length + past.data.length > 0
}
