// Puts a mail in the outbox, with the job that sends it: both or neither, and once for each key.
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { readSettings } from '#src/platform/settings.ts'
import { withSupport } from './mail-layout.ts'
import { isOneAddress, type NewMail } from './mail.ts'
import { insertMail, isMailKnown } from './store/mails.ts'

/**
 * Queues the mail unless one of its key exists. `compose` is asked only then, since composing mints links.
 * @param options `urgent`: somebody waits for it, so it goes ahead of all others
 * @returns whether it is new
 */
export async function queueMail(
  app: App,
  mail: Pick<NewMail, 'dedupeKey' | 'kind' | 'recipient' | 'locale' | 'about' | 'attach'>,
  compose: () => Promise<Pick<NewMail, 'subject' | 'html' | 'text'>>,
  options: { urgent?: boolean } = {},
): Promise<boolean> {
  if (!isOneAddress(mail.recipient)) {
    app.log.warn({ mail: mail.dedupeKey }, 'no mail can go to this address')
    return false
  }
  if (await isMailKnown(app.db, mail.dedupeKey)) return false
  const composed = await compose()
  const signed = { ...composed, ...withSupport(composed, await readSettings(app), mail.locale) }
  return transact(app, async (tx) => {
    const id = await insertMail(tx, { ...mail, ...signed })
    if (id === undefined) return false
    await enqueue(tx, 'send-mail', { mailId: id }, { key: `send-mail:${id}`, urgent: options.urgent ?? false })
    return true
  })
}
