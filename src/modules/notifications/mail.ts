// A mail: one effect, one row, one message. Its key names the effect (`tickets:order:17`); sending it again on purpose takes another key.
import { createHash } from 'node:crypto'
import type { Locale } from '#src/kernel/actor.ts'

export type MailStatus = 'queued' | 'sent' | 'kept' | 'failed'

/** A file that the sending job renders, as things are then. */
export type MailFile = 'tickets' | 'calendar'

export type StoredAttachment = { filename: string; contentType: string; /** Base64. */ content: string }

/** `ticketIds`: only these; null: every ticket of the order. */
export type MailAbout = { eventId: number | null; orderId: number | null; ticketIds: string[] | null }

export type NewMail = {
  dedupeKey: string
  kind: string
  recipient: string
  locale: Locale
  subject: string
  html: string
  text: string
  about?: MailAbout
  attach?: readonly MailFile[]
}

export type Mail = Omit<NewMail, 'attach' | 'about'> & {
  id: number
  about: MailAbout
  attach: MailFile[]
  attachments: StoredAttachment[]
  status: MailStatus
  createdAt: Date
  sentAt: Date | null
}

/** The same for the same effect: where a crash makes us send twice, the mail program shows one. */
export function messageIdOf(dedupeKey: string, from: string): string {
  const host = /@([^\s>]+)/.exec(from)?.[1] ?? 'guichet.localhost'
  return `<${createHash('sha256').update(dedupeKey).digest('hex').slice(0, 40)}@${host}>`
}

/** One address and nothing else: no name, no list, nothing that could become another header. */
export function isOneAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>"(),:;[\]\\\p{Cc}]+@[^\s@<>"(),:;[\]\\\p{Cc}]+$/u.test(text)
}
