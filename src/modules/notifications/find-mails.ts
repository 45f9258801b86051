// Questions about mails: for whoever runs a server without SMTP, where they are shown instead of sent.
import type { App } from '#src/platform/app.ts'
import type { Mail } from './mail.ts'
import { selectMail, selectNewestMails, type MailLine } from './store/mails.ts'

export type { MailLine } from './store/mails.ts'

/** Mails are shown to anybody only where none can leave, and never in production. */
export function keepsMails(app: Pick<App, 'config'>): boolean {
  return app.config.environment !== 'production' && app.config.smtpUrl === null
}

/** The newest mails, without what they say. */
export function listNewestMails(app: App): Promise<MailLine[]> {
  return selectNewestMails(app.db, 100)
}

export function findMail(app: App, id: number): Promise<Mail | undefined> {
  return selectMail(app.db, id)
}
