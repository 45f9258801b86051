// How a mail leaves the house. Without SMTP it stays: the row in `mail` is what /dev/mail shows.
import nodemailer from 'nodemailer'
import type { Config } from '#src/config.ts'

export type Attachment = { filename: string; contentType: string; content: Buffer }
export type OutgoingMail = { to: string; subject: string; html: string; text: string; attachments: readonly Attachment[]; messageId: string }

export type Mailer = Readonly<{
  /** 'kept': there is no SMTP server, and the mail stays in our table. */
  send(mail: OutgoingMail): Promise<'sent' | 'kept'>
  /** Throws where the SMTP server can't be reached or refuses us. */
  verify(): Promise<void>
  close(): void
}>

/** Mail over the configured SMTP server, pooled; TLS as the server offers it. */
export function createMailer(config: Config): Mailer {
  if (!config.smtpUrl) return { send: async () => 'kept', verify: async () => {}, close: () => {} }
  const transport = nodemailer.createTransport({
    url: config.smtpUrl,
    pool: true,
    maxConnections: 3,
    connectionTimeout: 10_000,
    socketTimeout: 30_000,
  } as never)
  return {
    async send(mail) {
      await transport.sendMail({
        // As an object, the address is one address, whatever stands in it.
        from: config.mailFrom,
        to: { name: '', address: mail.to },
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        messageId: mail.messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: mail.attachments.map((a) => ({ filename: a.filename, contentType: a.contentType, content: a.content })),
      })
      return 'sent'
    },
    verify: async () => {
      await transport.verify()
    },
    close: () => transport.close(),
  }
}
