// What pages about money share: attempts in a table, and the ledger's entries one below the other.
import type { FailureCode } from '#src/modules/payments/provider.ts'
import type { AdminPayment, PostedEntry } from '#src/reads/admin-money.ts'
import { Badge, DataTable, Price, type Column, type Tone } from '../ui/components.tsx'
import type { PageContext } from '../ui/page.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { When } from './admin-list.tsx'
import { AccountName } from './ledger.tsx'

const TONES: Record<string, Tone | 'plain'> = { REVIEW: 'bad', SUCCEEDED: 'good', UNKNOWN: 'warn', PENDING: 'info', REQUIRES_ACTION: 'info' }

export function PaymentBadge({ page, status }: { page: PageContext; status: string }) {
  return (
    <Badge tone={TONES[status] ?? 'plain'}>
      {page.t.organizer.paymentStatuses[status as keyof PageContext['t']['organizer']['paymentStatuses']]}
    </Badge>
  )
}

/** Why a payment failed, in words that name no provider. */
export function failureWords(page: PageContext, failure: string): string {
  return page.t.order.failures[failure as FailureCode] ?? page.t.order.failures.unknown
}

/** Why it failed, or why somebody must look. */
export function whyOf(page: PageContext, payment: Pick<AdminPayment, 'failure' | 'reviewReason' | 'status'>): string | null {
  if (payment.status === 'REVIEW') return page.t.admin.reviewReasons[payment.reviewReason as keyof PageContext['t']['admin']['reviewReasons']] ?? null
  return payment.failure && failureWords(page, payment.failure)
}

/** @param options `alone`: all are of one order, which need not be named */
export function paymentColumns(page: PageContext, options: { alone?: boolean } = {}): Column<AdminPayment>[] {
  const t = page.t.admin
  return [
    {
      label: t.payment,
      cell: (payment) => (
        <>
          <a class="number" href={`/admin/payments/${payment.id}`}>
            {payment.reference}
          </a>{' '}
          <PaymentBadge page={page} status={payment.status} />
          {whyOf(page, payment) && <span class="hint block">{whyOf(page, payment)}</span>}
        </>
      ),
    },
    { label: t.provider, minor: true, cell: (payment) => methodName(page.t.checkout, payment.provider) },
    { label: t.amount, numeric: true, cell: (payment) => <Price page={page} money={payment} /> },
    ...(options.alone
      ? []
      : [
          {
            label: t.order,
            cell: (payment: AdminPayment) => payment.orderCode && <a href={`/admin/orders/${payment.orderCode}`}>{payment.orderCode}</a>,
          },
          { label: t.organizer, minor: true, cell: (payment: AdminPayment) => payment.organizerName },
        ]),
    { label: t.at, minor: true, cell: (payment) => <When page={page} date={payment.createdAt} /> },
  ]
}

/** Where every franc went: each posting with its entries, debits before credits. */
export function MoneyTrail({ page, entries }: { page: PageContext; entries: readonly PostedEntry[] }) {
  const t = page.t.admin
  if (entries.length === 0) return null
  return (
    <section class="stack">
      <h2>{t.trail}</h2>
      <DataTable
        caption={t.trail}
        rows={entries.map((entry, i) => ({ ...entry, first: entries[i - 1]?.postingId !== entry.postingId }))}
        columns={[
          {
            label: t.posting,
            cell: (entry) =>
              entry.first ? (
                <>
                  {t.postings[entry.posting as keyof typeof t.postings]}
                  <span class="hint block">
                    <When page={page} date={entry.at} />
                  </span>
                </>
              ) : (
                <span class="visually-hidden">{t.postings[entry.posting as keyof typeof t.postings]}</span>
              ),
          },
          { label: t.account, cell: (entry) => <AccountName page={page} kind={entry.account} name={entry.provider} /> },
          { label: t.debit, numeric: true, cell: (entry) => entry.amount > 0 && <Price page={page} money={entry} /> },
          { label: t.credit, numeric: true, cell: (entry) => entry.amount < 0 && <Price page={page} money={{ ...entry, amount: -entry.amount }} /> },
        ]}
      />
    </section>
  )
}
