// The other thread of draw-aside.ts: draws what it is sent, and sends back what is worth a part of its own.
import { parentPort, workerData } from 'node:worker_threads'
import type { Locale } from '#src/kernel/actor.ts'
import type { PerSheet } from '#src/modules/ticketing/ticket-issue.ts'
import type { TicketPaper } from './ticket-paper.ts'
import { openTicketSheets } from './ticket-sheets.ts'

const { title, perSheet, locale } = workerData as { title: string; perSheet: PerSheet; locale: Locale }
const sheets = openTicketSheets(title, perSheet, locale)

/** Papers to draw; null for the end. */
parentPort!.on('message', (papers: readonly TicketPaper[] | null) => {
  const work = papers === null ? sheets.end() : sheets.draw(papers).then(() => sheets.take())
  // A failure ends the thread, which is how the other one learns of it.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void work.then((bytes) => parentPort!.postMessage(bytes))
})
