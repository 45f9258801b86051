// SQL on the table category, for the staff who keeps it.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'

export type CategoryRow = { id: number; slug: string; names: Record<string, string>; position: number; events: number }

/** Every category with how many events it has, whatever their state, in the order in which they are shown. */
export async function selectCategoryRows(db: Db): Promise<CategoryRow[]> {
  const { rows } = await sql<CategoryRow>`
    SELECT c.id, c.slug, c.names, c.position, (SELECT count(*) FROM event e WHERE e.category_id = c.id) AS events FROM category c ORDER BY c.position, c.id`.execute(
    db,
  )
  return rows
}

/** Locked as a whole: an order and a merge are about more than one row. Readers are not kept waiting. */
export async function lockCategories(tx: Tx): Promise<CategoryRow[]> {
  await sql`LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE`.execute(tx)
  return selectCategoryRows(tx)
}

export async function insertCategory(tx: Tx, category: { slug: string; names: Record<string, string>; position: number }): Promise<number> {
  const row = await tx
    .insertInto('category')
    .values({ ...category, names: JSON.stringify(category.names) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function updateCategoryNames(tx: Tx, id: number, names: Record<string, string>): Promise<void> {
  await tx
    .updateTable('category')
    .set({ names: JSON.stringify(names) })
    .where('id', '=', id)
    .execute()
}

/** Numbers the categories anew, in this order. */
export async function updateCategoryOrder(tx: Tx, ids: readonly number[]): Promise<void> {
  await sql`UPDATE category c SET position = o.position FROM unnest(${ids}::bigint[]) WITH ORDINALITY AS o(id, position) WHERE c.id = o.id`.execute(
    tx,
  )
}

/** @returns how many events moved */
export async function moveEvents(tx: Tx, from: number, into: number): Promise<number> {
  const { numUpdatedRows } = await tx.updateTable('event').set({ categoryId: into }).where('categoryId', '=', from).executeTakeFirst()
  return Number(numUpdatedRows)
}

export async function deleteCategoryRow(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('category').where('id', '=', id).execute()
}
