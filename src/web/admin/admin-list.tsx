// What the staff's lists share: filters that stay in the address, moments, what was done.
import type { ComponentChildren } from 'preact'
import type { AdminFact } from '#src/reads/admin-lists.ts'
import { Button, DataTable, EmptyState, LinkButton, Pager, type Column } from '../ui/components.tsx'
import { SelectField, TextField, type Option } from '../ui/fields.tsx'
import type { FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'

export type Query = Record<string, string | string[] | undefined>
export type ListRequest = { Querystring: Query }

/** What the address says under a name; undefined where it says nothing, or the same twice. */
export function asked(query: Query, name: string): string | undefined {
  const value = query[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined
}

/** The same where it is one of a few. */
export function askedOne<T extends string>(query: Query, name: string, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === query[name])
}

/** A moment on the platform's own clock, UTC. */
export function When({ page, date }: { page: PageContext; date: Date }) {
  return <time dateTime={date.toISOString()}>{formatMoment(date, 'UTC', page.locale)}</time>
}

type ListProps<Row> = {
  page: PageContext
  title: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  /** What stands here where nothing was found. */
  empty: string
  emptyHint?: string
  nextCursor?: string | null
  done?: string | undefined
  before?: ComponentChildren
}

export function AdminList<Row>({ page, title, rows, columns, empty, emptyHint, nextCursor = null, done, before }: ListProps<Row>) {
  return (
    <AdminFrame page={page} title={title} done={done}>
      {before}
      <DataTable caption={title} rows={rows} columns={columns} empty={<EmptyState title={empty}>{emptyHint && <p>{emptyHint}</p>}</EmptyState>} />
      <Pager page={page} nextCursor={nextCursor} />
    </AdminFrame>
  )
}

type FiltersProps = {
  page: PageContext
  form: FormState
  /** Label of the field of words. */ words?: string
  hint?: string
  selects?: readonly { name: string; label: string; options: readonly Option[] }[]
  children?: ComponentChildren
}

/** Words to look for, and what else narrows the list: a plain form that changes the address. */
export function Filters({ page, form, words, hint, selects = [], children }: FiltersProps) {
  const set = Object.entries(form.values).some(([name, value]) => value !== '' && name !== 'cursor' && name !== 'done' && name !== 'lang')
  return (
    <form method="get" action={page.path} class="filters" role="search">
      {words && <TextField form={form} name="q" label={words} hint={hint} type="search" maxlength={200} />}
      {selects.map(({ name, label, options }) => (
        <SelectField key={name} form={form} name={name} label={label} options={[['', page.t.admin.all], ...options]} />
      ))}
      {children}
      <Button kind="secondary">{page.t.admin.searchButton}</Button>
      {set && (
        <LinkButton kind="quiet" href={page.path}>
          {page.t.lists.clear}
        </LinkButton>
      )}
    </form>
  )
}

/** What was done, the latest first, and where the rest of it is. */
export function History({ page, facts, about }: { page: PageContext; facts: readonly AdminFact[]; about: string }) {
  const t = page.t.admin
  return (
    <section class="stack">
      <h2>{t.history}</h2>
      <FactTable page={page} facts={facts} caption={t.history} />
      <p>
        <a href={`/admin/facts?q=${encodeURIComponent(about)}`}>{t.allFacts}</a>
      </p>
    </section>
  )
}

export function FactTable({ page, facts, caption }: { page: PageContext; facts: readonly AdminFact[]; caption: string }) {
  const t = page.t.admin
  return (
    <DataTable
      caption={caption}
      rows={facts}
      empty={<p>{t.noFacts}</p>}
      columns={[
        { label: t.kind, cell: (fact) => fact.kind },
        {
          label: t.subjectOf,
          cell: (fact) => (
            <span class="cell">
              <SubjectLink subject={fact.subject} />
              {fact.eventSlug && (
                <a class="hint block" href={`/admin/events/${fact.eventSlug}`}>
                  {fact.eventSlug}
                </a>
              )}
            </span>
          ),
        },
        { label: t.by, cell: (fact) => <a href={`/admin/facts?actor=${encodeURIComponent(fact.actor)}`}>{fact.actor}</a> },
        { label: t.at, cell: (fact) => <When page={page} date={fact.at} /> },
        { label: t.details, minor: true, cell: (fact) => <Data data={fact.data} /> },
      ]}
    />
  )
}

function SubjectLink({ subject }: { subject: string }) {
  const [kind, id = ''] = subject.split(':')
  const own = kind === 'payment' || kind === 'refund' ? `/admin/${kind}s/${id}` : null
  return <a href={own ?? `/admin/facts?q=${encodeURIComponent(subject)}`}>{subject}</a>
}

function Data({ data }: { data: Record<string, unknown> }) {
  const { from, to, ...rest } = data
  const entries = Object.entries(from === undefined && to === undefined ? data : rest)
  if (Object.keys(data).length === 0) return null
  return (
    <span class="small cell">
      {(from !== undefined || to !== undefined) && `${dataText(from)} → ${dataText(to)} `}
      {entries.map(([name, value]) => `${name}: ${dataText(value)}`).join(', ')}
    </span>
  )
}

function dataText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}
