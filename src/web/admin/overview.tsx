// /admin: how the platform is, and what waits for a person.
import type { FastifyInstance } from 'fastify'
import { formatMoney } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import { getAdminDashboard, type AdminDashboard } from '#src/reads/admin-dashboard.ts'
import { DataTable, KeyFigures, Notice } from '../ui/components.tsx'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { SalesByDay } from '../organizer/sales-charts.tsx'
import { AdminFrame } from './admin-frame.tsx'
import { hasDemoTools } from './demo.tsx'
import { failureWords } from './money-parts.tsx'

export async function adminOverviewPages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/admin', async (request, reply) =>
    sendPage(
      reply,
      <Overview
        page={pageOf(request)}
        numbers={await getAdminDashboard(app, request.actor)}
        today={app.clock.now().toISOString().slice(0, 10)}
        demo={hasDemoTools(app)}
      />,
    ),
  )
}

function Overview({ page, numbers, today, demo }: { page: PageContext; numbers: AdminDashboard; today: string; demo: boolean }) {
  const t = page.t.admin
  const count = (value: number) => formatNumber(value, page.locale)
  const { users, organizers, events, sales, revenue, payments, queue, mails } = numbers
  return (
    <AdminFrame page={page} title={t.overview}>
      <ToDo page={page} numbers={numbers} />
      {demo && (
        <p>
          <a href="/admin/demo">{t.demo}</a>
        </p>
      )}
      <KeyFigures
        figures={[
          ...revenue.flatMap(({ currency, gross, commission, refundsDue }) =>
            (
              [
                [t.gross, gross],
                [t.commission, commission],
                [t.refundsDue, refundsDue],
              ] as const
            ).map(([label, amount]) => ({ label, value: formatMoney({ amount, currency }, page.locale) })),
          ),
          { label: t.paidOrders, value: count(sales.orders), note: t.tickets(count(sales.tickets)) },
          { label: t.eventCount, value: count(events.total), note: `${t.published(count(events.published))}, ${t.running(count(events.running))}` },
          { label: t.organizers, value: count(organizers) },
          { label: t.accounts, value: count(users.total), note: t.joined(count(users.joined30Days)) },
          { label: t.openPayments, value: count(payments.open) },
          { label: t.failedPayments, value: count(payments.failed30Days), note: t.inOneDay(count(payments.failed24Hours)) },
          { label: t.queue, value: count(queue.waiting), note: t.queueNote(count(queue.failing), count(queue.dead)) },
          { label: t.mails, value: count(mails.sent), note: t.mailNote(count(mails.failed)) },
        ]}
      />
      {numbers.byDay.length > 0 && (
        <section class="stack">
          <h2>{t.salesByDay}</h2>
          <SalesByDay page={page} days={numbers.byDay.map((day) => ({ ...day, gross: null }))} today={today} currency={null} />
        </section>
      )}
      {numbers.failures.length > 0 && (
        <section class="stack">
          <h2>{t.whyFailed}</h2>
          <DataTable
            caption={t.whyFailed}
            rows={numbers.failures}
            columns={[
              { label: t.reason, cell: (row) => failureWords(page, row.failure) },
              { label: t.provider, cell: (row) => methodName(page.t.checkout, row.provider) },
              { label: t.count, numeric: true, cell: (row) => count(row.count) },
            ]}
          />
        </section>
      )}
    </AdminFrame>
  )
}

function ToDo({ page, numbers: { events, payments, queue } }: { page: PageContext; numbers: AdminDashboard }) {
  const t = page.t.admin
  const count = (value: number) => formatNumber(value, page.locale)
  const waiting = (
    [
      [events.pendingReview, '/admin/reviews', t.eventsWait],
      [payments.review, '/admin/payments?status=REVIEW', t.paymentsWait],
      [payments.refundsToDo, '/admin/refunds?status=todo', t.refundsWait],
      [queue.dead, '/admin/jobs?state=dead', t.jobsDead],
    ] as const
  ).filter(([n]) => n > 0)
  if (waiting.length === 0) return <Notice tone="good" title={t.nothingToDo} />
  return (
    <Notice tone="warn" title={t.toDo}>
      <ul>
        {waiting.map(([n, href, label]) => (
          <li key={href}>
            <a href={href}>{label(n, count(n))}</a>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
