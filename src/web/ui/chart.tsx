// Charts drawn by the server: the highest value and the ends named in words beside the bars, and the table that says the same beneath.
import type { ComponentChildren } from 'preact'
import { DataTable, type Column } from './components.tsx'

const STEP = 12
const HEIGHT = 120

export type Bar = { value: number; /** What a pointer resting on it reads. */ title: string }

type BarChartProps<Row> = {
  /** What is drawn, as a sentence. */
  label: string
  bars: readonly Bar[]
  /** The highest bar, in words: `42 billets, sam. 14 nov.` */
  peak: string
  first: string
  last: string
  table: { summary: string; rows: readonly Row[]; columns: readonly Column<Row>[] }
}

/** One bar per day or hour. Text stands beside the drawing, so that it never shrinks with it. */
export function BarChart<Row>({ label, bars, peak, first, last, table }: BarChartProps<Row>) {
  const highest = Math.max(...bars.map((bar) => bar.value), 1)
  // The one that `peak` names: of several as high, the first.
  const named = bars.findIndex((bar) => bar.value === highest)
  return (
    <figure class="chart">
      <figcaption class="visually-hidden">{label}</figcaption>
      <p class="chart-peak small">{peak}</p>
      <svg viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`} role="img" aria-label={`${label}. ${peak}`} preserveAspectRatio="none" height={HEIGHT}>
        {bars.map((bar, i) => {
          // A day with one sale is not a day without.
          const height = bar.value === 0 ? 1 : Math.max(3, Math.round((bar.value / highest) * HEIGHT))
          return (
            <rect key={i} class={i === named ? 'chart-highest' : undefined} x={i * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={height}>
              <title>{bar.title}</title>
            </rect>
          )
        })}
      </svg>
      <p class="chart-ends small soft" aria-hidden="true">
        <span>{first}</span>
        <span>{last}</span>
      </p>
      <details>
        <summary class="small">{table.summary}</summary>
        <DataTable caption={label} rows={table.rows} columns={table.columns} />
      </details>
    </figure>
  )
}

/** A share of a whole as a bar, with the words that say it. `part` of 0 in `whole` of 0 is nothing. */
export function Share({ part, whole, children }: { part: number; whole: number; children: ComponentChildren }) {
  const width = whole > 0 ? Math.min(100, (part / whole) * 100) : 0
  return (
    <span class="share">
      <span>{children}</span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" height="6" aria-hidden="true">
        <rect class="share-whole" width="100" height="6" />
        <rect width={width.toFixed(1)} height="6" />
      </svg>
    </span>
  )
}
