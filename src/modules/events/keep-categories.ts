// Staff keeps the categories: their names by language, their order, and which there are.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError, type FieldProblem } from '#src/kernel/domain-error.ts'
import { slugOf } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, violatedConstraint, type Tx } from '#src/platform/db.ts'
import { record, type Fact } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import { categoryFact } from './facts.ts'
import {
  deleteCategoryRow,
  insertCategory,
  lockCategories,
  moveEvents,
  selectCategoryRows,
  updateCategoryNames,
  updateCategoryOrder,
  type CategoryRow,
} from './store/categories.ts'
import { refreshSearchOfCategory } from './store/search.ts'

export type { CategoryRow } from './store/categories.ts'

/** By language tag. French must be among them: it is what people read where their own language lacks. */
export type CategoryNames = Readonly<Record<string, string>>

const MAX_NAME = 60

/** Every category with how many events it has. @throws `forbidden` unless the actor is staff */
export async function listKeptCategories(app: App, actor: Actor): Promise<CategoryRow[]> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  return selectCategoryRows(app.db)
}

/** Adds one behind the others; its slug comes from its French name. @throws `forbidden`, `invalid_input` */
export function createCategory(app: App, actor: Actor, input: { names: CategoryNames }): Promise<void> {
  return keep(app, actor, async (tx, categories) => {
    const names = requireNames(input.names)
    const base = slugOf(names.fr!)
    let slug = base
    for (let n = 2; categories.some((category) => category.slug === slug); n++) slug = `${base}-${n}`
    const id = await insertCategory(tx, { slug, names, position: (categories.at(-1)?.position ?? 0) + 1 })
    return categoryFact('created', id, { slug, names })
  })
}

/** Languages that `names` leaves out keep the name they have. @throws `forbidden`, `not_found`, `invalid_input` */
export function renameCategory(app: App, actor: Actor, input: { slug: string; names: CategoryNames }): Promise<void> {
  return keep(app, actor, async (tx, categories) => {
    const category = requireOne(categories, input.slug)
    const names = requireNames({ ...category.names, ...input.names })
    await updateCategoryNames(tx, category.id, names)
    await refreshSearchOfCategory(tx, category.id)
    return categoryFact('renamed', category.id, { slug: category.slug, from: category.names, to: names })
  })
}

/** Changes places with its neighbour; at the end nothing happens. @throws `forbidden`, `not_found` */
export function moveCategory(app: App, actor: Actor, input: { slug: string; by: -1 | 1 }): Promise<void> {
  return keep(app, actor, async (tx, categories) => {
    const category = requireOne(categories, input.slug)
    const ids = categories.map(({ id }) => id)
    const from = ids.indexOf(category.id)
    const to = from + input.by
    if (to < 0 || to >= ids.length) return null
    ;[ids[from], ids[to]] = [ids[to]!, ids[from]!]
    await updateCategoryOrder(tx, ids)
    return categoryFact('moved', category.id, { slug: category.slug, position: to + 1 })
  })
}

/** Its events go into the other, then it is gone. @throws `forbidden`, `not_found`, `invalid_input` for itself */
export function mergeCategory(app: App, actor: Actor, input: { slug: string; into: string }): Promise<void> {
  return keep(app, actor, async (tx, categories) => {
    const category = requireOne(categories, input.slug)
    const into = requireOne(categories, input.into)
    if (into.id === category.id) throw invalidInput({ pointer: '/body/into', code: 'choice' })
    const events = await moveEvents(tx, category.id, into.id)
    await deleteCategoryRow(tx, category.id)
    await refreshSearchOfCategory(tx, into.id)
    return categoryFact('merged', category.id, { slug: category.slug, into: into.slug, events })
  })
}

/** @throws `forbidden`, `not_found`; `category_in_use` while any event has it */
export async function deleteCategory(app: App, actor: Actor, input: { slug: string }): Promise<void> {
  try {
    await keep(app, actor, async (tx, categories) => {
      const category = requireOne(categories, input.slug)
      if (category.events > 0) throw eventError('category_in_use', { events: category.events })
      await deleteCategoryRow(tx, category.id)
      return categoryFact('deleted', category.id, { slug: category.slug })
    })
  } catch (error) {
    // An event took it while we looked.
    if (violatedConstraint(error) === 'event_category_id_fkey') throw eventError('category_in_use')
    throw error
  }
}

async function keep(app: App, actor: Actor, work: (tx: Tx, categories: CategoryRow[]) => Promise<Fact | null>): Promise<void> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  await transact(app, async (tx) => {
    const fact = await work(tx, await lockCategories(tx))
    if (fact) await record(tx, actor, fact)
  })
}

function requireOne(categories: readonly CategoryRow[], slug: string): CategoryRow {
  const category = categories.find((one) => one.slug === slug)
  if (!category) throw kernelError('not_found')
  return category
}

function requireNames(names: CategoryNames): Record<string, string> {
  const problems: FieldProblem[] = []
  const kept = Object.entries(names)
    .map(([language, name]) => [language, name.trim().replaceAll(/\s+/g, ' ')] as const)
    .filter(([, name]) => name !== '')
  for (const [language, name] of kept) {
    if (!/^[a-z]{2,3}$/.test(language)) problems.push({ pointer: `/body/names/${language}`, code: 'pattern' })
    if (name.length > MAX_NAME) problems.push({ pointer: `/body/names/${language}`, code: 'too_long' })
  }
  if (!kept.some(([language]) => language === 'fr')) problems.push({ pointer: '/body/names/fr', code: 'required' })
  if (problems.length > 0) throw invalidInput(...problems)
  return Object.fromEntries(kept)
}
