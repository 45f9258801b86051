// Which organizers an event may be made for.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import type { Db } from '#src/platform/db.ts'

export type Organizer = { id: number; slug: string; country: string; currency: string }

export async function selectOrganizers(db: Db, actor: Actor, by: { ids: readonly number[]; slug: string | undefined }): Promise<Organizer[]> {
  let query = db.selectFrom('organizer').select(['id', 'slug', 'country', 'currency'])
  if (by.slug !== undefined) query = query.where('slug', '=', by.slug)
  if (by.slug === undefined || !isStaff(actor)) {
    if (by.ids.length === 0) return []
    query = query.where('id', 'in', by.ids)
  }
  return query.orderBy('id').execute()
}
