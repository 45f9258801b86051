// What the organizer's lists share: links that sort, filters that stay in the address, and the same order for a phone without table headers.
import type { ComponentChildren } from 'preact'
import { Button, LinkButton, type SortLink } from '../ui/components.tsx'
import { SelectField, type Option } from '../ui/fields.tsx'
import type { FormState } from '../ui/form.ts'
import type { PageContext } from '../ui/page.ts'

export type Sorting<Name extends string> = { sort: Name; descending: boolean }

/** `name`, or `-name` for the reverse; `first` where the address names none of them. */
export function readSorting<Name extends string>(text: string, names: readonly Name[], first: Sorting<Name>): Sorting<Name> {
  const name = names.find((known) => known === text.replace(/^-/, ''))
  return name === undefined ? first : { sort: name, descending: text.startsWith('-') }
}

export function sortText({ sort, descending }: Sorting<string>): string {
  return `${descending ? '-' : ''}${sort}`
}

/** The list in the order of one of its columns; once more, in reverse. Filters stay; pages begin anew. */
export function sortLink<Name extends string>(page: PageContext, name: Name, now: Sorting<Name>, startsDescending = false): SortLink {
  const query = new URLSearchParams(page.query)
  query.delete('cursor')
  const descending = now.sort === name ? !now.descending : startsDescending
  query.set('sort', sortText({ sort: name, descending }))
  return { href: `${page.path}?${query}`, now: now.sort === name ? (now.descending ? 'descending' : 'ascending') : undefined }
}

/** The choice of an order, for where a table has no headers. */
export function sortOptions<Name extends string>(page: PageContext, names: readonly Name[]): Option[] {
  const t = page.t.lists
  return names.flatMap((name) => [
    [name, `${t.sorts[name as keyof typeof t.sorts]}, ${t.ascending}`] as const,
    [`-${name}`, `${t.sorts[name as keyof typeof t.sorts]}, ${t.descending}`] as const,
  ])
}

type FiltersProps = {
  page: PageContext
  form: FormState
  /** The field of words, which is always there. */ search: ComponentChildren
  /** Names of the filters in the address: where one is set, they are all shown. */ names: readonly string[]
  sorts: readonly Option[]
  children: ComponentChildren
}

/** Words to look for, and filters below them, closed until somebody wants one. Works as a plain form. */
export function ListFilters({ page, form, search, names, sorts, children }: FiltersProps) {
  const t = page.t.lists
  const set = names.filter((name) => form.values[name]).length
  return (
    <form method="get" class="stack stack--tight" role="search">
      <div class="filters">
        {search}
        <Button kind="secondary">{page.t.public.search}</Button>
      </div>
      <details open={set > 0}>
        <summary>
          {t.more}
          {set > 0 && ` (${set})`}
        </summary>
        <div class="filters">
          {children}
          <SelectField form={form} name="sort" label={t.sortBy} options={sorts} />
          <Button kind="secondary">{t.show}</Button>
          {set > 0 && (
            <LinkButton kind="quiet" href={page.path}>
              {t.clear}
            </LinkButton>
          )}
        </div>
      </details>
    </form>
  )
}
