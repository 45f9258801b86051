// Statements on the ledger's three tables.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'
import type { LedgerAccount, LedgerBalance, Posting, StatementLine } from '../ledger.ts'

type Columns = { kind: string; organizerId: number | null; provider: string | null; currency: string }

function columnsOf(account: LedgerAccount): Columns {
  return {
    kind: account.kind,
    organizerId: account.kind === 'organizer' ? account.organizerId : null,
    provider: account.kind === 'provider' ? account.provider : null,
    currency: account.currency,
  }
}

function keyOf(account: Columns): string {
  return `${account.kind} ${account.organizerId ?? ''} ${account.provider ?? ''} ${account.currency}`
}

/**
 * Ids of the accounts that the postings touch, made where they don't exist yet.
 * @param committed ids known from before; those that are found or made here are answered only, since the transaction may still be rolled back
 */
export async function requireAccounts(
  tx: Tx,
  postings: readonly Posting[],
  committed: ReadonlyMap<string, number> = new Map(),
): Promise<Map<string, number>> {
  const known = new Map<string, number>()
  const missing = new Map<string, Columns>()
  for (const { lines } of postings) {
    for (const { account } of lines) {
      const columns = columnsOf(account)
      const id = committed.get(keyOf(columns))
      if (id === undefined) missing.set(keyOf(columns), columns)
      else known.set(keyOf(columns), id)
    }
  }
  if (missing.size === 0) return known
  // In key order: two batches that make the same accounts would deadlock otherwise.
  const wanted = [...missing.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, columns]) => columns)
  const lists = sql`unnest(${wanted.map((a) => a.kind)}::text[], ${wanted.map((a) => a.organizerId)}::bigint[], ${wanted.map((a) => a.provider)}::text[], ${wanted.map((a) => a.currency)}::text[])`
  await sql`INSERT INTO ledger_account (kind, organizer_id, provider, currency) SELECT * FROM ${lists} ON CONFLICT DO NOTHING`.execute(tx)
  const { rows } = await sql<Columns & { id: number }>`
    SELECT a.id, a.kind, a.organizer_id, a.provider, a.currency FROM ${lists} AS w(kind, organizer_id, provider, currency)
      JOIN ledger_account a ON a.kind = w.kind AND a.currency = w.currency AND a.organizer_id IS NOT DISTINCT FROM w.organizer_id AND a.provider IS NOT DISTINCT FROM w.provider`.execute(
    tx,
  )
  for (const row of rows) known.set(keyOf(row), row.id)
  return known
}

/** Posts. Postings that exist (same source and kind) are left as they are. All entries go in by one statement: the database refuses it if one posting doesn't balance. */
export async function insertPostings(tx: Tx, postings: readonly Posting[], accounts: Map<string, number>): Promise<void> {
  const full = postings.filter((posting) => posting.lines.length > 0)
  if (full.length === 0) return
  const entries = full.flatMap((posting) =>
    posting.lines.map((line) => ({
      sourceId: posting.sourceId,
      kind: posting.kind,
      account: accounts.get(keyOf(columnsOf(line.account)))!,
      amount: line.amount,
      currency: line.account.currency,
    })),
  )
  await sql`
    WITH posted AS (
      INSERT INTO ledger_posting (kind, organizer_id, event_id, source_id)
      SELECT * FROM unnest(${full.map((p) => p.kind)}::text[], ${full.map((p) => p.organizerId)}::bigint[], ${full.map((p) => p.eventId)}::bigint[], ${full.map((p) => p.sourceId)}::uuid[])
      ON CONFLICT (source_id, kind) DO NOTHING RETURNING id, kind, source_id
    )
    INSERT INTO ledger_entry (posting_id, account_id, amount, currency)
    SELECT p.id, e.account, e.amount, e.currency
      FROM unnest(${entries.map((e) => e.sourceId)}::uuid[], ${entries.map((e) => e.kind)}::text[], ${entries.map((e) => e.account)}::bigint[],
                  ${entries.map((e) => e.amount)}::bigint[], ${entries.map((e) => e.currency)}::text[]) AS e(source_id, kind, account, amount, currency)
      JOIN posted p ON p.source_id = e.source_id AND p.kind = e.kind`.execute(tx)
}

/** What a posting of this source and kind did to the commission account, debits positive; 0 where there is none. */
export async function selectCommission(db: Db, sourceIds: readonly string[], kind: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ sourceId: string; amount: number }>`
    SELECT p.source_id, e.amount FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id JOIN ledger_account a ON a.id = e.account_id
     WHERE p.source_id = ANY (${sourceIds}::uuid[]) AND p.kind = ${kind} AND a.kind = 'commission'`.execute(db)
  return new Map(rows.map((row) => [row.sourceId, row.amount]))
}

export async function selectBalances(db: Db): Promise<LedgerBalance[]> {
  const { rows } = await sql<LedgerBalance>`
    SELECT a.kind, a.organizer_id, a.provider, a.currency, COALESCE(sum(e.amount), 0) AS balance
      FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.id GROUP BY a.id ORDER BY a.kind, a.organizer_id, a.provider, a.currency`.execute(
    db,
  )
  return rows
}

export async function selectStatement(db: Db, organizerId: number, period: { from?: Date; to?: Date }): Promise<StatementLine[]> {
  const { rows } = await sql<StatementLine>`
    SELECT p.kind, p.event_id, e.currency, count(*) AS count, -sum(e.amount) AS amount
      FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id JOIN ledger_account a ON a.id = e.account_id
     WHERE p.organizer_id = ${organizerId} AND a.kind = 'organizer' AND p.at >= ${period.from ?? new Date(0)} AND p.at < ${period.to ?? new Date('9999-01-01')}
     GROUP BY 1, 2, 3 ORDER BY 2, 1`.execute(db)
  return rows
}

/**
 * Basis points that the platform keeps of each of these organizers' sales: their own rate, else the one that was set for the platform, else
 * `fallback`. As it is now, since it decides about money; it comes with what is asked anyway.
 */
export async function selectCommissionRates(db: Db, organizerIds: readonly number[], fallback: number): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: number; rate: number }>`
    SELECT id, COALESCE(commission_bps, (SELECT value::integer FROM platform_setting WHERE key = 'commission_bps'), ${fallback}::integer) AS rate
      FROM organizer WHERE id = ANY (${organizerIds}::bigint[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row.rate]))
}
