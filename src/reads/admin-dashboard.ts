// The whole platform at a glance, for its staff.
import { sql } from 'kysely'
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import { countJobs, jobLag } from '#src/platform/jobs.ts'

export type AdminDashboard = {
  users: { total: number; suspended: number; joined30Days: number }
  organizers: number
  events: { total: number; published: number; pendingReview: number; running: number }
  sales: { orders: number; tickets: number; orders30Days: number }
  /** Per currency, minor units: what buyers paid, what of it is the platform's, what is owed to buyers. */
  revenue: { currency: string; gross: number; commission: number; refundsDue: number }[]
  payments: { open: number; review: number; failed24Hours: number; failed30Days: number; refundsOpen: number; refundsToDo: number }
  /** Why payments failed in the last thirty days, the most frequent first. */
  failures: { provider: string; failure: string; count: number }[]
  byDay: { day: string; orders: number; tickets: number }[]
  queue: { waiting: number; failing: number; dead: number; lagSeconds: number }
  mails: { queued: number; sent: number; failed: number }
}

/** @throws `forbidden` unless the actor is staff */
export async function getAdminDashboard(app: App, actor: Actor): Promise<AdminDashboard> {
  requireStaff(actor)
  const [counts, sales, revenue, failures, byDay, jobs, lag] = await Promise.all([
    readCounts(app.db),
    readSales(app.db),
    readRevenue(app.db),
    readFailures(app.db),
    readDays(app.db),
    countJobs(app.db),
    jobLag(app.db),
  ])
  return { ...counts, sales, revenue, failures, byDay, queue: { ...jobs, lagSeconds: Math.round(lag) } }
}

/** @throws `unauthenticated`, `forbidden` */
export function requireStaff(actor: Actor): void {
  if (isStaff(actor)) return
  throw kernelError(actor.kind === 'account' ? 'forbidden' : 'unauthenticated')
}

async function readCounts(db: Db): Promise<Pick<AdminDashboard, 'users' | 'organizers' | 'events' | 'payments' | 'mails'>> {
  const { rows } = await sql<Record<string, number>>`
    SELECT u.*, e.*, p.*, r.*, m.*, (SELECT count(*) FROM organizer) AS organizers
      FROM (SELECT count(*) AS users, count(suspended_at) AS suspended, count(*) FILTER (WHERE created_at > now() - interval '30 days') AS joined FROM account) u,
           (SELECT count(*) AS events, count(*) FILTER (WHERE status = 'published') AS published, count(*) FILTER (WHERE status = 'pending_review') AS pending,
                   count(*) FILTER (WHERE status = 'published' AND now() BETWEEN starts_at AND ends_at) AS running FROM event) e,
           (SELECT count(*) FILTER (WHERE status IN ('CREATED', 'SUBMITTING', 'PENDING', 'REQUIRES_ACTION', 'UNKNOWN')) AS open, count(*) FILTER (WHERE status = 'REVIEW') AS review,
                   count(*) FILTER (WHERE status IN ('FAILED', 'EXPIRED') AND updated_at > now() - interval '24 hours') AS failed_day,
                   count(*) FILTER (WHERE status IN ('FAILED', 'EXPIRED') AND updated_at > now() - interval '30 days') AS failed_month FROM payment) p,
           (SELECT count(*) FILTER (WHERE status IN ('REQUESTED', 'PENDING')) AS refunds_open, count(*) FILTER (WHERE status = 'MANUAL_REQUIRED' OR (status = 'FAILED' AND NOT EXISTS (SELECT FROM refund n WHERE n.retry_of = refund.id))) AS refunds_to_do FROM refund) r,
           (SELECT count(*) FILTER (WHERE status = 'queued') AS queued, count(*) FILTER (WHERE status IN ('sent', 'kept')) AS sent, count(*) FILTER (WHERE status = 'failed') AS failed FROM mail) m`.execute(
    db,
  )
  const n = rows[0]!
  return {
    users: { total: n.users!, suspended: n.suspended!, joined30Days: n.joined! },
    organizers: n.organizers!,
    events: { total: n.events!, published: n.published!, pendingReview: n.pending!, running: n.running! },
    payments: {
      open: n.open!,
      review: n.review!,
      failed24Hours: n.failedDay!,
      failed30Days: n.failedMonth!,
      refundsOpen: n.refundsOpen!,
      refundsToDo: n.refundsToDo!,
    },
    mails: { queued: n.queued!, sent: n.sent!, failed: n.failed! },
  }
}

async function readSales(db: Db): Promise<AdminDashboard['sales']> {
  const { rows } = await sql<{ orders: number; tickets: number; recent: number }>`
    SELECT count(*) AS orders, COALESCE(sum(quantity), 0) AS tickets, count(*) FILTER (WHERE paid_at > now() - interval '30 days') AS recent
      FROM ticket_order WHERE paid_at IS NOT NULL`.execute(db)
  const { orders, tickets, recent } = rows[0]!
  return { orders, tickets, orders30Days: recent }
}

async function readRevenue(db: Db): Promise<AdminDashboard['revenue']> {
  const { rows } = await sql<AdminDashboard['revenue'][number]>`
    SELECT e.currency, COALESCE(sum(e.amount) FILTER (WHERE a.kind = 'provider' AND p.kind = 'payment'), 0) AS gross,
           COALESCE(-sum(e.amount) FILTER (WHERE a.kind = 'commission'), 0) AS commission, COALESCE(-sum(e.amount) FILTER (WHERE a.kind = 'refunds_due'), 0) AS refunds_due
      FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id JOIN ledger_account a ON a.id = e.account_id GROUP BY e.currency ORDER BY e.currency`.execute(
    db,
  )
  return rows
}

async function readFailures(db: Db): Promise<AdminDashboard['failures']> {
  const { rows } = await sql<AdminDashboard['failures'][number]>`
    SELECT provider, COALESCE(failure, lower(status)) AS failure, count(*) AS count FROM payment
     WHERE status IN ('FAILED', 'EXPIRED') AND updated_at > now() - interval '30 days' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20`.execute(db)
  return rows
}

async function readDays(db: Db): Promise<AdminDashboard['byDay']> {
  const { rows } = await sql<AdminDashboard['byDay'][number]>`
    SELECT (paid_at AT TIME ZONE 'UTC')::date AS day, count(*) AS orders, sum(quantity) AS tickets FROM ticket_order WHERE paid_at > now() - interval '30 days' GROUP BY 1 ORDER BY 1`.execute(
    db,
  )
  return rows
}
