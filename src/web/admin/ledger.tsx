// /admin/ledger: what each account of the ledger holds; per currency it all sums to zero.
import type { FastifyInstance } from 'fastify'
import { formatMoney } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import { listBalances, type Balance } from '#src/reads/admin-money.ts'
import { DataTable, EmptyState, KeyFigures, Price } from '../ui/components.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { AdminFrame } from './admin-frame.tsx'

export async function adminLedgerPages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/admin/ledger', async (request, reply) => sendPage(reply, <Ledger page={pageOf(request)} balances={await listBalances(app.db)} />))
}

function Ledger({ page, balances }: { page: PageContext; balances: readonly Balance[] }) {
  const t = page.t.admin
  const byCurrency = [...Map.groupBy(balances, (balance) => balance.currency)]
  return (
    <AdminFrame page={page} title={t.ledger}>
      <p class="lead">{t.ledgerHint}</p>
      {byCurrency.length === 0 && <EmptyState title={t.noLedger} />}
      {byCurrency.map(([currency, accounts]) => (
        <section key={currency} class="stack">
          <h2>{currency}</h2>
          <KeyFigures figures={totals(page, currency, accounts)} />
          <DataTable
            caption={`${t.ledger} ${currency}`}
            rows={accounts}
            columns={[
              { label: t.account, cell: (row) => <AccountName page={page} kind={row.kind} name={row.name} slug={row.slug} /> },
              { label: t.debit, numeric: true, cell: (row) => row.balance > 0 && <Price page={page} money={{ amount: row.balance, currency }} /> },
              { label: t.credit, numeric: true, cell: (row) => row.balance < 0 && <Price page={page} money={{ amount: -row.balance, currency }} /> },
            ]}
          />
        </section>
      ))}
    </AdminFrame>
  )
}

function totals(page: PageContext, currency: string, accounts: readonly Balance[]) {
  const t = page.t.admin
  const of = (kind: string) => accounts.filter((account) => account.kind === kind).reduce((sum, account) => sum + account.balance, 0)
  const figure = (label: string, amount: number) => ({ label, value: formatMoney({ amount: amount || 0, currency }, page.locale) })
  return [
    figure(t.accountKinds.provider, of('provider')),
    figure(t.accountKinds.organizer, -of('organizer')),
    figure(t.accountKinds.commission, -of('commission')),
    figure(t.accountKinds.refunds_due, -of('refunds_due')),
  ]
}

export function AccountName({ page, kind, name, slug = null }: { page: PageContext; kind: string; name: string | null; slug?: string | null }) {
  const words = page.t.admin.accountKinds[kind as keyof PageContext['t']['admin']['accountKinds']]
  const which = kind === 'provider' ? methodName(page.t.checkout, name ?? '') : name
  return (
    <>
      {words}
      {which && <>, {slug ? <a href={`/admin/organizers/${slug}`}>{which}</a> : which}</>}
    </>
  )
}
