// Sheets of tickets drawn in a thread of their own: ten thousand of them are a minute's work, and people buy tickets meanwhile.
import { Worker } from 'node:worker_threads'
import type { Locale } from '#src/kernel/actor.ts'
import type { PerSheet } from '#src/modules/ticketing/ticket-issue.ts'
import type { TicketPaper } from './ticket-paper.ts'

export type SheetsAside = {
  /** Draws more tickets, in turn. @returns what was written since, if that is worth a part of its own */
  draw(papers: readonly TicketPaper[]): Promise<Buffer | null>
  /** Ends the document. @returns its last bytes */
  end(): Promise<Buffer>
  /** Ends the thread, whatever it is at. */
  close(): Promise<unknown>
}

/** @param title of the event. One call at a time. */
export function drawAside(title: string, perSheet: PerSheet, locale: Locale): SheetsAside {
  const thread = new Worker(new URL('./ticket-sheets-thread.ts', import.meta.url), { workerData: { title, perSheet, locale } })
  const dead = new Promise<never>((_, reject) => {
    thread.on('error', reject).on('exit', (code) => reject(new Error(`the drawing thread ended with ${code}`)))
  })
  // Whoever waits for an answer hears of it; between two of them nobody does.
  dead.catch(() => {})
  const ask = (papers: readonly TicketPaper[] | null) => {
    const answer = new Promise<Buffer | null>((resolve) => {
      thread.once('message', (bytes: Uint8Array | null) => resolve(bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage(papers)
    return Promise.race([answer, dead])
  }
  return { draw: ask, end: async () => (await ask(null))!, close: () => thread.terminate() }
}
