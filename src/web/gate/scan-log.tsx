// What happened at the doors, as lists: the last passages on the scanner, the log of one gate for its agent, of all gates for who leads the event.
import { DENIALS, type ScanCode } from '#src/modules/access/evaluate.ts'
import type { LoggedScan, ScanOutcome } from '#src/modules/access/find-scans.ts'
import type { Page } from '#src/kernel/page.ts'
import { Badge, Button, DataTable, EmptyState, Pager, type Column } from '../ui/components.tsx'
import { SelectField, type Option } from '../ui/fields.tsx'
import type { FormReader, FormState } from '../ui/form.ts'
import { formatMoment, formatTime } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { wordsOf } from './verdict.tsx'

/** `OK`, or why not: in colour and words. */
function ResultBadge({ page, scan }: { page: PageContext; scan: LoggedScan }) {
  return scan.code === 'OK' ? (
    <Badge tone="good">{page.t.gate.directions[scan.direction ?? 'in']}</Badge>
  ) : (
    <Badge tone="bad">{wordsOf(page, scan.code)[0]}</Badge>
  )
}

/** A few lines, without names. */
export function Passages({ page, timezone, scans }: { page: PageContext; timezone: string; scans: readonly LoggedScan[] }) {
  return (
    <ul class="passages">
      {scans.map((scan) => (
        <li key={scan.id}>
          <time dateTime={scan.at.toISOString()}>{formatTime(scan.at, timezone, page.locale)}</time>
          <ResultBadge page={page} scan={scan} />
          <span class="soft">{scan.ticketType}</span>
        </li>
      ))}
    </ul>
  )
}

const OUTCOMES = ['in', 'out', 'refused'] as const

/** What the address asks of a log: `result` is one of the outcomes or one reason; anything else is nothing. */
export function readLogFilter(query: FormReader): { outcome?: ScanOutcome; code?: ScanCode; cursor?: string; limit: number } {
  const result = query.text('result')
  const outcome = OUTCOMES.find((each) => each === result)
  const code = DENIALS.find((each) => each === result)
  const cursor = query.text('cursor')
  return { ...(outcome && { outcome }), ...(code && { code }), ...(cursor && { cursor }), limit: 50 }
}

type LogProps = {
  page: PageContext
  timezone: string
  scans: Page<LoggedScan>
  form: FormState
  /** Where there are several to choose from. */
  gates?: readonly { id: number; name: string }[]
  /** Whose ticket it was, for who may know. */
  holders?: boolean
}

export function ScanLog({ page, timezone, scans, form, gates = [], holders = false }: LogProps) {
  const t = page.t.gate
  const searched = Boolean(form.values.result || form.values.gate)
  const columns: (Column<LoggedScan> | false)[] = [
    { label: t.columns.at, cell: (scan) => <time dateTime={scan.at.toISOString()}>{formatMoment(scan.at, timezone, page.locale)}</time> },
    { label: t.columns.result, cell: (scan) => <ResultBadge page={page} scan={scan} /> },
    gates.length > 0 && { label: t.columns.gate, cell: (scan) => scan.gateName },
    holders && { label: t.columns.holder, cell: (scan) => scan.holderName },
    { label: t.columns.type, minor: holders, cell: (scan) => scan.ticketType },
    { label: t.columns.agent, minor: holders, cell: (scan) => scan.agentName },
    { label: t.columns.method, minor: true, cell: (scan) => t.methods[scan.method] },
  ]
  return (
    <>
      <form method="get" class="filters" role="search">
        {gates.length > 0 && (
          <SelectField
            form={form}
            name="gate"
            label={t.columns.gate}
            options={[['', t.everyGate], ...gates.map((gate) => [String(gate.id), gate.name] as const)]}
          />
        )}
        <SelectField form={form} name="result" label={t.outcome} options={resultOptions(page)} />
        <Button kind="secondary">{t.filter}</Button>
      </form>
      <DataTable
        caption={t.logTitle}
        rows={scans.data}
        columns={columns.filter((column) => column !== false)}
        empty={
          <EmptyState title={t.logEmpty}>
            <p>{!searched && t.logEmptyHint}</p>
          </EmptyState>
        }
      />
      <Pager page={page} nextCursor={scans.nextCursor} />
    </>
  )
}

function resultOptions(page: PageContext): Option[] {
  const t = page.t.gate
  const reasons = DENIALS.map((code) => [code, `${t.outcomes.refused} · ${wordsOf(page, code)[0]}`] as const)
  return [['', t.outcomes.all], ...OUTCOMES.map((each) => [each, t.outcomes[each]] as const), ...reasons]
}
