// What was held before the camera or typed, read and checked against the event's keys. No ticket is looked up here.
import { hashToken } from '#src/kernel/id.ts'
import { loadEventKeys } from '#src/modules/ticketing/event-keys.ts'
import { isGenuine, parseHumanCode, parseQrText } from '#src/modules/ticketing/qr-text.ts'
import type { App } from '#src/platform/app.ts'
import type { Presented } from './evaluate.ts'
import type { ScanMethod } from './scan.ts'
import { selectEventByPublicRef } from './store/shown-events.ts'

export type Shown = {
  presented: Presented
  method: ScanMethod
  /** 8 bytes to look up; null where nothing proves that they were ever issued. */
  code: Buffer | null
  /** The event that a QR text is for; null for a typed code, which is for the gate's own. */
  eventId: number | null
  /** Of texts that lead to no ticket. The text itself is never kept: it may be somebody's ticket. */
  textHash: Buffer | null
}

/** Reads a QR text. Never throws: whatever a camera may see is an answer. */
export async function readQr(app: App, text: string): Promise<Shown> {
  const qr = parseQrText(text)
  const refused = (presented: Presented, eventId: number | null = null): Shown => ({
    presented,
    method: 'camera',
    code: null,
    eventId,
    textHash: hashToken(text),
  })
  if (qr.kind === 'malformed' || qr.kind === 'unsupported') return refused(qr)
  const event = await findByPublicRef(app, qr.eventRef)
  if (!event) return refused({ kind: 'signed', event: null, key: null, genuine: false })
  const key = (await loadEventKeys(app, event.id)).get(qr.kid)
  const presented: Presented = { kind: 'signed', event, key: key?.status ?? null, genuine: key !== undefined && isGenuine(qr, key) }
  // Copied: the code is a window on the whole parsed text.
  return presented.genuine
    ? { presented, method: 'camera', code: Buffer.from(qr.code), eventId: event.id, textHash: null }
    : refused(presented, event.id)
}

/** Reads the code printed under a QR. */
export function readTyped(text: string): Shown {
  const code = parseHumanCode(text)
  return code
    ? { presented: { kind: 'typed' }, method: 'manual', code, eventId: null, textHash: null }
    : { presented: { kind: 'malformed' }, method: 'manual', code: null, eventId: null, textHash: hashToken(text) }
}

const MAX_EVENTS = 10_000
const memories = new WeakMap<App['pool'], Map<number, { id: number; organizerId: number }>>()

// An event never changes its reference, its number or its organizer: what a process has once learnt stays true.
async function findByPublicRef(app: App, publicRef: number): Promise<{ id: number; organizerId: number } | undefined> {
  let memory = memories.get(app.pool)
  if (!memory) memories.set(app.pool, (memory = new Map()))
  const known = memory.get(publicRef)
  if (known) return known
  const event = await selectEventByPublicRef(app.db, publicRef)
  if (!event) return undefined
  if (memory.size >= MAX_EVENTS) memory.delete(memory.keys().next().value!)
  memory.set(publicRef, event)
  return event
}
