// Everything that we keep about an account's holder, for them to take along.
import { sql } from 'kysely'
import type { AccountActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { own } from './orders-of-account.ts'

/** A plain object for JSON: the profile, devices, teams, and orders with their tickets, payments and mails. */
export async function exportAccountData(app: App, actor: AccountActor): Promise<unknown> {
  const { rows } = await sql<{ data: unknown }>`
    SELECT json_build_object(
      'exportedAt', ${app.clock.now()}::timestamptz,
      'account', json_build_object('email', a.email, 'emailVerifiedAt', a.email_verified_at, 'pendingEmail', a.pending_email, 'name', a.name,
        'phone', a.phone, 'role', a.role, 'locale', a.locale, 'photo', a.photo_id, 'createdAt', a.created_at),
      'devices', (SELECT COALESCE(json_agg(json_build_object('kind', s.kind, 'userAgent', s.user_agent, 'createdAt', s.created_at,
          'lastUsedAt', s.last_used_at, 'endedAt', s.revoked_at) ORDER BY s.id), '[]') FROM login_session s WHERE s.account_id = a.id),
      'teams', (SELECT COALESCE(json_agg(json_build_object('organizer', g.name, 'role', m.role, 'since', m.created_at) ORDER BY g.name), '[]')
          FROM membership m JOIN organizer g ON g.id = m.organizer_id WHERE m.account_id = a.id),
      'orders', (SELECT COALESCE(json_agg(json_build_object('code', o.code, 'event', e.title, 'startsAt', e.starts_at, 'status', o.status,
          'buyer', json_build_object('name', o.buyer_name, 'email', o.buyer_email, 'phone', o.buyer_phone), 'total', o.total,
          'currency', trim(o.currency), 'createdAt', o.created_at, 'paidAt', o.paid_at, 'refundReason', o.refund_reason,
          'tickets', (SELECT json_agg(json_build_object('type', y.name, 'price', t.price, 'status', t.status, 'holderName', t.holder_name,
              'holderEmail', t.holder_email, 'lastScanAt', t.last_scan_at) ORDER BY t.id)
            FROM ticket t JOIN ticket_type y ON y.id = t.ticket_type_id WHERE t.event_id = o.event_id AND t.order_id = o.id),
          'payments', (SELECT COALESCE(json_agg(json_build_object('provider', p.provider, 'phone', p.payer_phone, 'amount', p.amount,
              'status', p.status, 'createdAt', p.created_at) ORDER BY p.id), '[]')
            FROM payment p WHERE p.payable_kind = 'order' AND p.payable_id = o.id)) ORDER BY o.id), '[]')
          FROM ${own(actor.accountId)} JOIN ticket_order o USING (event_id, id) JOIN event e ON e.id = o.event_id),
      'mails', (SELECT COALESCE(json_agg(json_build_object('kind', m.kind, 'subject', m.subject, 'sentAt', m.sent_at) ORDER BY m.id), '[]')
          FROM mail m WHERE m.recipient = a.email AND a.email_verified_at IS NOT NULL)) AS data
      FROM account a WHERE a.id = ${actor.accountId}`.execute(app.db)
  return rows[0]?.data
}
