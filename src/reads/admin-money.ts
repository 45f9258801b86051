// Money as staff sees it: attempts, refunds, what providers sent, and what the ledger says of it.
import { sql } from 'kysely'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'
import { isUuid } from '#src/kernel/id.ts'

export type AdminPayment = {
  id: string
  status: string
  provider: string
  amount: number
  currency: string
  reference: string
  payerPhone: string | null
  providerTxnId: string | null
  failure: string | null
  fees: number
  outcome: string | null
  late: boolean
  reviewReason: string | null
  reportedAmount: number | null
  reportedCurrency: string | null
  payableId: number
  pollCount: number
  nextPollAt: Date | null
  createdAt: Date
  updatedAt: Date
  orderCode: string | null
  orderTotal: number | null
  eventTitle: string | null
  organizerName: string
}

const PAYMENT = sql`
  SELECT p.id, p.status, p.provider, p.amount, p.currency, p.reference, p.payer_phone, p.provider_txn_id, p.failure, p.fees, p.outcome, p.late, p.review_reason,
         p.reported_amount, p.reported_currency, p.payable_id, p.poll_count, p.next_poll_at, p.created_at, p.updated_at, t.code AS order_code, t.total AS order_total,
         e.title AS event_title, o.name AS organizer_name
    FROM payment p JOIN organizer o ON o.id = p.organizer_id
    LEFT JOIN ticket_order t ON p.payable_kind = 'order' AND t.event_id = p.event_id AND t.id = p.payable_id LEFT JOIN event e ON e.id = p.event_id`

export type PaymentSearch = PageRequest & { q?: string | undefined; provider?: string | undefined; status?: string | undefined }

/** The newest first; `q` is a payment's id or reference, the provider's transaction, an order's code or the payer's phone, as it is kept. */
export async function listPayments(db: Db, request: PaymentSearch): Promise<Page<AdminPayment>> {
  const limit = pageLimit(request)
  const [at, id] = request.cursor === undefined ? [null, null] : decodeCursor(request.cursor, 'moment', 'uuid')
  const { provider = null, status = null } = request
  const q = request.q?.trim() || null
  const { rows } = await sql<AdminPayment & { at: string }>`
    SELECT x.*, x.created_at::text AS at FROM (${PAYMENT}
     WHERE (${q}::text IS NULL OR p.reference = ${q} OR p.provider_txn_id = ${q} OR p.payer_phone = ${q} OR t.code = upper(${q}) OR p.id = ${q && isUuid(q) ? q : null}::uuid)
       AND (${provider}::text IS NULL OR p.provider = ${provider}) AND (${status}::text IS NULL OR p.status = ${status})
       AND (${at}::timestamptz IS NULL OR (p.created_at, p.id) < (${at}::timestamptz, ${id}::uuid)) ORDER BY p.created_at DESC, p.id DESC LIMIT ${limit + 1}) x
     ORDER BY x.created_at DESC, x.id DESC`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.at, row.id],
    ({ at: _, ...payment }) => payment,
  )
}

export async function findAdminPayment(db: Db, id: string): Promise<AdminPayment | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await sql<AdminPayment>`${PAYMENT} WHERE p.id = ${id}::uuid`.execute(db)
  return rows[0]
}

/** Every attempt to pay for the same order, the oldest first. */
export async function listAttempts(db: Db, payableId: number): Promise<AdminPayment[]> {
  const { rows } =
    await sql<AdminPayment>`${PAYMENT} WHERE p.payable_kind = 'order' AND p.payable_id = ${payableId} ORDER BY p.created_at, p.id`.execute(db)
  return rows
}

/** Attempts through the simulator that wait for their payer, the oldest first. */
export async function listWaitingPayers(db: Db, statuses: readonly string[]): Promise<AdminPayment[]> {
  const { rows } = await sql<AdminPayment>`
    ${PAYMENT} WHERE p.provider = 'simulator' AND p.status = ANY (${statuses}::text[]) ORDER BY p.created_at, p.id LIMIT 50`.execute(db)
  return rows
}

export type ReceivedWebhook = {
  id: number
  verification: string
  receivedAt: Date
  processedAt: Date | null
  attempts: number
  outcome: string | null
}

/** What the provider sent about an attempt. Its text stays in the database: it may name the payer. */
export async function listWebhooks(db: Db, payment: { id: string; reference: string; provider: string }): Promise<ReceivedWebhook[]> {
  const { rows } = await sql<ReceivedWebhook>`
    SELECT id, verification, received_at, processed_at, attempts, outcome FROM webhook_inbox
     WHERE provider = ${payment.provider} AND (payment_id = ${payment.id}::uuid OR reference = ${payment.reference}) ORDER BY received_at, id LIMIT 50`.execute(
    db,
  )
  return rows
}

export type PostedEntry = { postingId: number; posting: string; at: Date; account: string; provider: string | null; amount: number; currency: string }

/** The ledger's entries for these payments and refunds, in the order in which they were posted. */
export async function listPostings(db: Db, sourceIds: readonly string[]): Promise<PostedEntry[]> {
  const { rows } = await sql<PostedEntry>`
    SELECT p.id AS posting_id, p.kind AS posting, p.at, a.kind AS account, a.provider, e.amount, e.currency
      FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id JOIN ledger_account a ON a.id = e.account_id
     WHERE p.source_id = ANY (${sourceIds}::uuid[]) ORDER BY p.id, e.amount DESC`.execute(db)
  return rows
}

export type AdminRefund = {
  id: string
  status: string
  amount: number
  currency: string
  cause: string
  reason: string
  failure: string | null
  operatorReference: string | null
  requestedBy: string
  paymentId: string
  provider: string
  tickets: number
  retryOf: string | null
  /** The refund that took this failed one's place. */
  retriedAs: string | null
  createdAt: Date
  updatedAt: Date
  completedAt: Date | null
  orderCode: string | null
  organizerName: string
}

const REFUND = sql`
  SELECT r.id, r.status, r.amount, r.currency, r.cause, r.reason, r.failure, r.operator_reference, r.requested_by, r.payment_id, p.provider, cardinality(r.ticket_ids) AS tickets,
         r.retry_of, n.id AS retried_as, r.created_at, r.updated_at, r.completed_at, t.code AS order_code, o.name AS organizer_name
    FROM refund r JOIN payment p ON p.id = r.payment_id JOIN organizer o ON o.id = r.organizer_id LEFT JOIN refund n ON n.retry_of = r.id
    LEFT JOIN ticket_order t ON r.payable_kind = 'order' AND t.event_id = r.event_id AND t.id = r.payable_id`

/** `status` may be `todo`: what waits for a person. The newest first. */
export async function listRefunds(
  db: Db,
  request: PageRequest & { q?: string | undefined; status?: string | undefined },
): Promise<Page<AdminRefund>> {
  const limit = pageLimit(request)
  const [at, id] = request.cursor === undefined ? [null, null] : decodeCursor(request.cursor, 'moment', 'uuid')
  const { status = null } = request
  const q = request.q?.trim() || null
  const { rows } = await sql<AdminRefund & { at: string }>`
    SELECT x.*, x.created_at::text AS at FROM (${REFUND}
     WHERE (${q}::text IS NULL OR t.code = upper(${q}) OR r.operator_reference = ${q} OR r.id = ${q && isUuid(q) ? q : null}::uuid)
       AND CASE WHEN ${status}::text IS NULL THEN true WHEN ${status} = 'todo' THEN r.status = 'MANUAL_REQUIRED' OR (r.status = 'FAILED' AND n.id IS NULL) ELSE r.status = ${status} END
       AND (${at}::timestamptz IS NULL OR (r.created_at, r.id) < (${at}::timestamptz, ${id}::uuid)) ORDER BY r.created_at DESC, r.id DESC LIMIT ${limit + 1}) x
     ORDER BY x.created_at DESC, x.id DESC`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.at, row.id],
    ({ at: _, ...refund }) => refund,
  )
}

export async function findAdminRefund(db: Db, id: string): Promise<AdminRefund | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await sql<AdminRefund>`${REFUND} WHERE r.id = ${id}::uuid`.execute(db)
  return rows[0]
}

export async function listRefundsOfPayment(db: Db, paymentId: string): Promise<AdminRefund[]> {
  const { rows } = await sql<AdminRefund>`${REFUND} WHERE r.payment_id = ${paymentId}::uuid ORDER BY r.created_at, r.id`.execute(db)
  return rows
}

export type Balance = { kind: string; name: string; slug: string | null; currency: string; balance: number }

/** The balance of every account of the ledger that is not empty, in minor units, debits positive. Organizers by name. */
export async function listBalances(db: Db): Promise<Balance[]> {
  const { rows } = await sql<Balance>`
    SELECT a.kind, COALESCE(o.name, a.provider, '') AS name, o.slug, a.currency, sum(e.amount) AS balance
      FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id LEFT JOIN organizer o ON o.id = a.organizer_id
     GROUP BY a.id, o.name, o.slug HAVING sum(e.amount) <> 0 ORDER BY a.currency, array_position(ARRAY['provider', 'organizer', 'commission', 'refunds_due'], a.kind), name LIMIT 1000`.execute(
    db,
  )
  return rows
}
