// The few pieces that pages are made of.
import type { ComponentChildren } from 'preact'
import type { Money } from '#src/kernel/money.ts'
import { formatMoney } from '#src/kernel/money.ts'
import type { PageContext } from './page.ts'

type Children = { children: ComponentChildren }

/** `primary` at most once per screen: the thing to do here. */
export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger'

export function Button({
  kind = 'primary',
  name,
  value,
  children,
  disabled,
}: Children & { kind?: ButtonKind; name?: string; value?: string; disabled?: boolean }) {
  return (
    <button class={`button button--${kind}`} type="submit" name={name} value={value} disabled={disabled}>
      {children}
    </button>
  )
}

export function LinkButton({
  kind = 'primary',
  href,
  children,
  download,
  external,
}: Children & { kind?: ButtonKind; href: string; download?: boolean; external?: boolean }) {
  return (
    <a class={`button button--${kind}`} href={href} download={download || undefined} rel={external ? 'noopener external' : undefined}>
      {children}
    </a>
  )
}

/** A form that is nothing but its button. */
export function PostButton({
  action,
  kind = 'secondary',
  fields = {},
  children,
}: Children & { action: string; kind?: ButtonKind; fields?: Record<string, string> }) {
  return (
    <form method="post" action={action} class="inline-form">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button kind={kind}>{children}</Button>
    </form>
  )
}

export type Tone = 'info' | 'good' | 'warn' | 'bad'

/** A sentence that matters, with what to do. */
export function Notice({ tone = 'info', title, children }: { tone?: Tone; title?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class={`notice notice--${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {title && <p class="notice-title">{title}</p>}
      {children}
    </div>
  )
}

export function Badge({ tone = 'info', children }: Children & { tone?: Tone | 'plain' }) {
  return <span class={`badge badge--${tone}`}>{children}</span>
}

const TICKETS = { card: 'ticket', wide: 'ticket ticket--wide', hero: 'ticket ticket--wide ticket--hero' }

/** The one shape: a card with two notches and a dashed fold. `stub` is what would be torn off; `hero` is the large one that opens the home page. */
export function Ticket({
  stub,
  children,
  kind = 'card',
  as: Tag = 'div',
  id,
}: Children & { stub: ComponentChildren; kind?: 'card' | 'wide' | 'hero'; as?: 'div' | 'article' | 'section' | 'li'; id?: string }) {
  return (
    <Tag class={TICKETS[kind]} id={id}>
      <div class="ticket-main">{children}</div>
      <div class="ticket-stub">{stub}</div>
    </Tag>
  )
}

/** A price, whole; zero is "free". */
export function Price({ page, money }: { page: PageContext; money: Money }) {
  return <span class="number">{money.amount === 0 ? page.t.common.free : formatMoney(money, page.locale)}</span>
}

/** What will be here, and the button that makes it so. */
export function EmptyState({ title, children, action }: { title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
      {action && <p>{action}</p>}
    </div>
  )
}

/** Where this page lies. */
export function Trail({ label, steps }: { label: string; steps: readonly (readonly [href: string, label: string])[] }) {
  return (
    <nav class="trail" aria-label={label}>
      {steps.map(([href, text]) => (
        <a key={href} href={href}>
          {text}
        </a>
      ))}
    </nav>
  )
}

export type Tab = readonly [href: string, label: ComponentChildren]

/** Pages or views beside each other; on a phone one line that scrolls sideways. @param here the address of the one that is open */
export function Tabs({ label, tabs, here }: { label: string; tabs: readonly Tab[]; here: string | undefined }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([href, text]) => (
        <a key={href} href={href} aria-current={href === here ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  )
}

/** The pages of one part of the site, for `Layout rail`: tabs on a phone, a column where there is room. */
export function Rail({
  label,
  tabs,
  here,
  back,
  children,
}: {
  label: string
  tabs: readonly Tab[]
  here: string | undefined
  /** Out of this part of the site. */ back?: Tab
  /** Whose pages these are. */ children?: ComponentChildren
}) {
  return (
    <nav class="rail" aria-label={label}>
      {back && (
        <a class="rail-back" href={back[0]}>
          {back[1]}
        </a>
      )}
      {children && <div class="rail-name">{children}</div>}
      <div class="tabs">
        {tabs.map(([href, text]) => (
          <a key={href} href={href} aria-current={href === here ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </div>
    </nav>
  )
}

// Digits with what separates them; what stands before or after is their unit.
const FIGURE = /^(\D*?)([-−]?\d(?:[\d\s.,]*\d)?)(\D*)$/

/** The digits are the point: their unit (`F CFA`, `%`) stands smaller beside them. */
function Figure({ value }: { value: ComponentChildren }) {
  const parts = typeof value === 'string' ? FIGURE.exec(value) : null
  if (!parts) return <span class="figure">{value}</span>
  const [, before, digits, after] = parts
  return (
    <span class="figure">
      {before && <span class="unit">{before}</span>}
      <span class="number">{digits}</span>
      {after && <span class="unit">{after}</span>}
    </span>
  )
}

/** The numbers that are the point of a page. */
export function KeyFigures({ figures }: { figures: readonly { label: string; value: ComponentChildren; note?: ComponentChildren }[] }) {
  return (
    <dl class="figures">
      {figures.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Figure value={value} />
            {note && <span class="hint">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Term and value, one below the other on a phone. */
export function Facts({ rows }: { rows: readonly (readonly [term: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value)
        .map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

export type Column<Row> = {
  label: string
  cell: (row: Row) => ComponentChildren
  /** Numbers stand to the right, one below the other. */
  numeric?: boolean
  /** Left out on a phone, where a row shows the things that matter. */
  minor?: boolean
  /** Where the list lies in this column's order, and whether it is in it already. */
  sort?: SortLink
}

export type SortLink = { href: string; now: 'ascending' | 'descending' | undefined }

/** A table that becomes a list on a phone. The first column names the row. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  empty,
}: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  empty?: ComponentChildren
}) {
  if (rows.length === 0) return <>{empty}</>
  const classOf = (column: Column<Row>) => [column.numeric && 'numeric', column.minor && 'minor'].filter(Boolean).join(' ') || undefined
  return (
    <div class="table-frame">
      <table class="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={classOf(column)} aria-sort={column.sort?.now}>
                {column.sort ? <a href={column.sort.href}>{column.label}</a> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column, position) =>
                position === 0 ? (
                  <th key={column.label} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.label} class={classOf(column)} data-label={column.label}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** On to the next page of a list; filters stay, since they are in the address. */
export function Pager({ page, nextCursor }: { page: PageContext; nextCursor: string | null }) {
  const query = new URLSearchParams(page.query)
  const first = query.has('cursor')
  query.delete('cursor')
  const start = query.toString()
  if (nextCursor) query.set('cursor', nextCursor)
  if (!nextCursor && !first) return null
  return (
    <nav class="pager" aria-label={page.t.common.next}>
      {first && <a href={`${page.path}${start ? `?${start}` : ''}`}>{page.t.common.first}</a>}
      {nextCursor && (
        <LinkButton kind="secondary" href={`${page.path}?${query}`}>
          {page.t.common.next}
        </LinkButton>
      )}
    </nav>
  )
}
