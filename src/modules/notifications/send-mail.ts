// sendMail: one queued mail leaves the house, or is kept where there is no SMTP server. The job behind every mail.
import { findEventById } from '#src/modules/events/find-events.ts'
import { findOrder } from '#src/modules/ticketing/find-orders.ts'
import { messages } from '#src/locales/locale.ts'
import type { App } from '#src/platform/app.ts'
import type { Attachment } from '#src/platform/mail.ts'
import { messageIdOf, type Mail } from './mail.ts'
import { claimMail, markFailed, markKept, markSent, noteFailure } from './store/mails.ts'
import { orderCalendar } from './order-calendar.ts'
import { loadOrderPapers } from './ticket-paper.ts'
import { ticketPdf } from './ticket-pdf.ts'

/** As often as a job is tried; about half a day. */
const MAX_ATTEMPTS = 12

/** Longer than rendering and any time-out of SMTP together. */
const CLAIM_SECONDS = 120

/**
 * Sends the mail if it still waits. No transaction is open meanwhile: a slow SMTP server must not hold the connections that orders need.
 * A crash between sending and marking sends it again, under the same Message-ID.
 * @throws Error without any address in it, so that the queue tries again and its log stays clean
 */
export async function sendMail(app: App, mailId: number): Promise<void> {
  const mail = await claimMail(app.db, mailId, CLAIM_SECONDS)
  if (!mail) return
  if (mail === 'busy') throw new Error(`mail ${mailId} is being sent by somebody else, or was when they crashed`)
  try {
    const attachments = await renderFiles(app, mail)
    if (!attachments) return await giveUp(app, mailId, 'its tickets no longer let in')
    const { recipient: to, subject, html, text } = mail
    const outcome = await app.mailer.send({ to, subject, html, text, attachments, messageId: messageIdOf(mail.dedupeKey, app.config.mailFrom) })
    if (outcome === 'sent') await markSent(app.db, mailId, app.clock.now())
    else
      await markKept(
        app.db,
        mailId,
        app.clock.now(),
        attachments.map((file) => ({ ...file, content: file.content.toString('base64') })),
      )
    app.metrics.mails.inc({ status: outcome })
  } catch (error) {
    await giveUpOrRetry(app, mailId, error)
  }
}

/** Refused for good (5xx to this recipient or message) or tried often enough: failed. Anything else: again later. */
async function giveUpOrRetry(app: App, mailId: number, error: unknown): Promise<void> {
  const reason = reasonOf(error)
  const attempts = await noteFailure(app.db, mailId, reason.text)
  if (reason.permanent || attempts >= MAX_ATTEMPTS) return giveUp(app, mailId, reason.text)
  throw new Error(`mail ${mailId} not sent: ${reason.text}`)
}

async function giveUp(app: App, mailId: number, reason: string): Promise<void> {
  await markFailed(app.db, mailId, reason)
  app.metrics.mails.inc({ status: 'failed' })
  app.log.warn({ mailId, reason }, 'mail given up')
}

/** What went wrong in words of ours: SMTP answers and network errors quote addresses and hosts. */
function reasonOf(error: unknown): { text: string; permanent: boolean } {
  const { code, responseCode, command } = error as { code?: unknown; responseCode?: unknown; command?: unknown }
  if (typeof responseCode === 'number')
    return {
      text: `SMTP ${responseCode}${typeof command === 'string' ? ` to ${command.split(' ')[0]}` : ''}`,
      permanent: responseCode >= 500 && command !== 'AUTH' && command !== 'CONN',
    }
  if (typeof code === 'string') return { text: code, permanent: false }
  return { text: error instanceof Error ? error.name : 'unknown', permanent: false }
}

/** The files that the mail promises, as things are now; null where no ticket of it lets in any more. */
async function renderFiles(app: App, mail: Mail): Promise<Attachment[] | null> {
  if (mail.attach.length === 0 || mail.about.orderId === null) return []
  const order = await findOrder(app.db, mail.about.orderId)
  const event = order && (await findEventById(app.db, order.eventId, order.locale))
  if (!order || !event) return null
  const words = messages(mail.locale).paper
  const files: Attachment[] = []
  if (mail.attach.includes('tickets')) {
    const wanted = mail.about.ticketIds
    const papers = (await loadOrderPapers(app, order)).papers.filter((paper) => !wanted || wanted.includes(paper.id))
    if (papers.length === 0) return null
    const name = papers.length === 1 ? words.oneFileName : words.fileName
    files.push({ filename: `${name}-${order.code}.pdf`, contentType: 'application/pdf', content: await ticketPdf(papers, mail.locale) })
  }
  if (mail.attach.includes('calendar')) {
    files.push({
      filename: `${words.calendarName}.ics`,
      contentType: 'text/calendar; charset=utf-8',
      content: Buffer.from(orderCalendar(app, event, order.code, mail.locale)),
    })
  }
  return files
}
