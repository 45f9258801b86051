// SQL of mails.
import { sql, type Selectable } from 'kysely'
import type { Locale } from '#src/kernel/actor.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import type { MailTable } from '#src/platform/schema.ts'
import type { Mail, MailFile, MailStatus, NewMail, StoredAttachment } from '../mail.ts'

function toMail(row: Selectable<MailTable>): Mail {
  return {
    id: row.id,
    dedupeKey: row.dedupeKey,
    kind: row.kind,
    recipient: row.recipient,
    locale: row.locale as Locale,
    subject: row.subject,
    html: row.html,
    text: row.body,
    about: { eventId: row.eventId, orderId: row.orderId, ticketIds: row.ticketIds },
    attach: row.attach as MailFile[],
    attachments: row.attachments as StoredAttachment[],
    status: row.status as MailStatus,
    createdAt: row.createdAt,
    sentAt: row.sentAt,
  }
}

/** The mail's id; undefined where one of this key stands there already. */
export async function insertMail(tx: Tx, mail: NewMail): Promise<number | undefined> {
  const row = await tx
    .insertInto('mail')
    .values({
      dedupeKey: mail.dedupeKey,
      kind: mail.kind,
      recipient: mail.recipient,
      locale: mail.locale,
      subject: mail.subject,
      html: mail.html,
      body: mail.text,
      eventId: mail.about?.eventId ?? null,
      orderId: mail.about?.orderId ?? null,
      ticketIds: mail.about?.ticketIds ?? null,
      attach: [...(mail.attach ?? [])],
    })
    .onConflict((oc) => oc.column('dedupeKey').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function isMailKnown(db: Db, dedupeKey: string): Promise<boolean> {
  return (await db.selectFrom('mail').select('id').where('dedupeKey', '=', dedupeKey).executeTakeFirst()) !== undefined
}

/** The mail, if it waits to be sent and nobody else is sending it: ours for `seconds`. `busy` where somebody is. */
export async function claimMail(db: Db, id: number, seconds: number): Promise<Mail | 'busy' | undefined> {
  const { rows } = await sql<Selectable<MailTable>>`
    UPDATE mail SET claimed_until = now() + make_interval(secs => ${seconds})
     WHERE id = ${id} AND status = 'queued' AND (claimed_until IS NULL OR claimed_until < now()) RETURNING *`.execute(db)
  if (rows[0]) return toMail(rows[0])
  const other = await db.selectFrom('mail').select('id').where('id', '=', id).where('status', '=', 'queued').executeTakeFirst()
  return other && 'busy'
}

/** It left over SMTP. What it said goes with it: its links open orders and accounts. */
export async function markSent(db: Db, id: number, now: Date): Promise<void> {
  await db
    .updateTable('mail')
    .set((eb) => ({ status: 'sent', sentAt: now, html: '', body: '', attempts: eb('attempts', '+', 1), error: null }))
    .where('id', '=', id)
    .execute()
}

/** There is no SMTP server: it stays here, whole, for /dev/mail. */
export async function markKept(db: Db, id: number, now: Date, attachments: readonly StoredAttachment[]): Promise<void> {
  await db
    .updateTable('mail')
    .set((eb) => ({ status: 'kept', sentAt: now, attachments: JSON.stringify(attachments), attempts: eb('attempts', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/** Lets it go for the next try. @returns how often it has been tried */
export async function noteFailure(db: Db, id: number, error: string): Promise<number> {
  const row = await db
    .updateTable('mail')
    .set((eb) => ({ error, claimedUntil: null, attempts: eb('attempts', '+', 1) }))
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .returning('attempts')
    .executeTakeFirst()
  return row?.attempts ?? 0
}

export async function markFailed(db: Db, id: number, error: string): Promise<void> {
  await db.updateTable('mail').set({ status: 'failed', error, html: '', body: '' }).where('id', '=', id).where('status', '=', 'queued').execute()
}

export async function deleteMailsBefore(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('mail').where('createdAt', '<', before).where('status', '!=', 'queued').execute()
}

/** It goes out again as it is, with all its attempts. */
export async function queueAgain(tx: Tx, id: number): Promise<void> {
  await tx
    .updateTable('mail')
    .set({ status: 'queued', attempts: 0, error: null, sentAt: null })
    .where('id', '=', id)
    .where('html', '<>', '')
    .execute()
}

export type MailLine = Pick<Mail, 'id' | 'subject' | 'recipient' | 'status' | 'createdAt'>

export async function selectNewestMails(db: Db, limit: number): Promise<MailLine[]> {
  const rows = await db.selectFrom('mail').select(['id', 'subject', 'recipient', 'status', 'createdAt']).orderBy('id', 'desc').limit(limit).execute()
  return rows.map((row) => ({ ...row, status: row.status as MailStatus }))
}

export async function selectMail(db: Db, id: number): Promise<Mail | undefined> {
  const row = await db.selectFrom('mail').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toMail(row)
}
