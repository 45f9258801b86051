// Gives what has just been made the times that it would have. The one place that writes past the verbs, and past the triggers that keep
// facts, scans and the ledger as they were written.
import type { Pool } from 'pg'
import type { BuiltDemoEvent } from './build-event.ts'

const DAY = 86_400_000
const GUARDED = ['fact', 'scan', 'ledger_posting']

/** Spreads sales over the days before, more and more of them towards the end, and scans over the hours since the doors opened. */
export async function backdate(pool: Pool, { event, definition, startsAt, endsAt }: BuiltDemoEvent, now: Date): Promise<void> {
  if (!definition.sales) return
  const salesEnd = new Date(Math.min(now.getTime() - 60_000, endsAt.getTime() - 1_800_000, Math.max(startsAt.getTime(), 0)))
  const salesStart = new Date(salesEnd.getTime() - definition.sales.days * DAY)
  const doorsEnd = new Date(Math.min(now.getTime() - 30_000, startsAt.getTime() + 3 * 3_600_000))
  const doorsStart = new Date(startsAt.getTime() - (definition.doors ?? 0) * 60_000)
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    for (const table of GUARDED) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    await client.query(
      `
      CREATE TEMP TABLE moved ON COMMIT DROP AS
      SELECT id, $2::timestamptz + ($3::timestamptz - $2::timestamptz) * power((row_number() OVER (ORDER BY id) - 0.5) / count(*) OVER (), 0.7) - created_at AS by
        FROM ticket_order WHERE event_id = $1 AND status <> 'awaiting_payment'`,
      [event.id, salesStart, salesEnd],
    )
    await client.query(
      `UPDATE ticket_order o SET created_at = created_at + by, paid_at = paid_at + by, cancelled_at = cancelled_at + by, expires_at = expires_at + by
                          FROM moved m WHERE o.event_id = $1 AND o.id = m.id`,
      [event.id],
    )
    await client.query('UPDATE ticket t SET created_at = created_at + by FROM moved m WHERE t.event_id = $1 AND t.order_id = m.id', [event.id])
    await client.query(
      `CREATE TEMP TABLE moved_payment ON COMMIT DROP AS SELECT p.id, m.by FROM payment p JOIN moved m ON m.id = p.payable_id WHERE p.event_id = $1`,
      [event.id],
    )
    await client.query(`UPDATE payment p SET created_at = created_at + by, updated_at = updated_at + by, succeeded_at = succeeded_at + by, payer_deadline = payer_deadline + by
                          FROM moved_payment m WHERE p.id = m.id`)
    await client.query(
      `UPDATE simulator_payment p SET created_at = created_at + by, decided_at = decided_at + by, expires_at = expires_at + by FROM moved_payment m WHERE p.id = m.id`,
    )
    await client.query(`CREATE TEMP TABLE moved_source ON COMMIT DROP AS
                        SELECT id, by, 'payment:' || id AS subject FROM moved_payment
                        UNION ALL SELECT r.id, m.by, 'refund:' || r.id FROM refund r JOIN moved_payment m ON m.id = r.payment_id`)
    await client.query(
      'UPDATE refund r SET created_at = created_at + by, updated_at = updated_at + by, completed_at = completed_at + by FROM moved_source m WHERE r.id = m.id',
    )
    await client.query('UPDATE ledger_posting p SET at = at + by FROM moved_source m WHERE p.source_id = m.id')
    await client.query(
      `UPDATE fact f SET at = at + by FROM (SELECT subject, by FROM moved_source UNION ALL SELECT 'order:' || id, by FROM moved) m WHERE f.subject = m.subject AND f.event_id = $1`,
      [event.id],
    )

    await client.query(
      `
      CREATE TEMP TABLE moved_scan ON COMMIT DROP AS
      SELECT id, $2::timestamptz + ($3::timestamptz - $2::timestamptz) * power((row_number() OVER (ORDER BY created_at, id) - 0.5) / count(*) OVER (), 0.8) - created_at AS by
        FROM scan_request WHERE event_id = $1`,
      [event.id, doorsStart, doorsEnd],
    )
    await client.query('UPDATE scan_request q SET created_at = created_at + by, expires_at = expires_at + by FROM moved_scan m WHERE q.id = m.id')
    await client.query('UPDATE scan s SET at = at + by FROM moved_scan m WHERE s.session_id = m.id')
    await client.query(
      `UPDATE ticket t SET last_scan_at = s.at FROM (SELECT ticket_id, max(at) AS at FROM scan WHERE event_id = $1 AND result = 'OK' GROUP BY 1) s
                         WHERE t.event_id = $1 AND t.id = s.ticket_id`,
      [event.id],
    )
    await client.query(
      `UPDATE event SET created_at = $2::timestamptz - interval '2 days', published_at = $2::timestamptz - interval '1 day' WHERE id = $1 AND published_at IS NOT NULL`,
      [event.id, salesStart],
    )
    for (const table of GUARDED) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** Puts an event that was made as running now where it belongs, with its programme, and counts its visitors. */
export async function moveEvent(pool: Pool, { event, definition, startsAt, endsAt }: BuiltDemoEvent): Promise<void> {
  await pool.query(
    `UPDATE event_session s SET starts_at = s.starts_at + ($2::timestamptz - e.starts_at), ends_at = s.ends_at + ($2::timestamptz - e.starts_at)
                      FROM event e WHERE e.id = $1 AND s.event_id = e.id`,
    [event.id, startsAt],
  )
  await pool.query('UPDATE event SET doors_open_at = doors_open_at + ($2::timestamptz - starts_at), starts_at = $2, ends_at = $3 WHERE id = $1', [
    event.id,
    startsAt,
    endsAt,
  ])
  if (definition.views)
    await pool.query(
      'INSERT INTO event_view (event_id, views) VALUES ($1, $2) ON CONFLICT (event_id) DO UPDATE SET views = event_view.views + EXCLUDED.views',
      [event.id, definition.views],
    )
}
