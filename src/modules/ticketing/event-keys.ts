// The keys that sign an event's QR texts: made with its first ticket type, private halves encrypted at rest, unsealed once per process.
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { createMemory, type Memory } from '#src/platform/memory.ts'
import { ed25519PrivateKey, ed25519PublicKey, encodeTh1, encodeTk1, type QrFormat, type QrHeader } from './qr-text.ts'
import { insertEventKey, selectEventKeys, selectNewestKeys, type EventKeyRow } from './store/event-keys.ts'

export type EventKeyStatus = 'active' | 'verify_only' | 'retired' | 'compromised'

export type EventKey = {
  kid: number
  status: EventKeyStatus
  publicKey: KeyObject
  /** HMAC key of TH1; never leaves the server. */
  macKey: Buffer
  /** Decrypted at the first signature. */
  privateKey(): KeyObject
}

export type EventKeys = ReadonlyMap<number, EventKey>

// How long a process may not know that a key was rotated or declared compromised.
const KEPT_MS = 5000
const memories = new WeakMap<App['cipher'], Memory<number, EventKeys>>()

/** The event's keys by kid. Answers at most 5 s old. */
export async function loadEventKeys(app: Pick<App, 'db' | 'cipher'>, eventId: number): Promise<EventKeys> {
  let memory = memories.get(app.cipher)
  if (!memory) memories.set(app.cipher, (memory = createMemory({ keptMs: KEPT_MS, max: 1000 })))
  const keys = await memory.get(eventId, async (former) => {
    const rows = await selectEventKeys(app.db, eventId)
    return rows.length === 0 ? undefined : new Map(rows.map((row) => [row.kid, unsealKey(app, row, former?.get(row.kid))]))
  })
  return keys ?? new Map()
}

/** @param former the same key as it was loaded before: only its status can have changed */
function unsealKey(app: Pick<App, 'cipher'>, row: EventKeyRow, former: EventKey | undefined): EventKey {
  const status = row.status as EventKeyStatus
  if (former) return { ...former, status }
  let privateKey: KeyObject | undefined
  return {
    kid: row.kid,
    status,
    publicKey: ed25519PublicKey(row.publicKey),
    macKey: app.cipher.open('event-key', row.macKeyEnc),
    privateKey: () => (privateKey ??= ed25519PrivateKey(app.cipher.open('event-key', row.privateKeyEnc))),
  }
}

/** Makes the event's first key where it has none yet. */
export async function ensureEventKey(app: Pick<App, 'cipher'>, tx: Tx, eventId: number): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  await insertEventKey(tx, {
    eventId,
    kid: 1,
    status: 'active',
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    privateKeyEnc: app.cipher.seal('event-key', privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)),
    macKeyEnc: app.cipher.seal('event-key', randomBytes(32)),
  })
}

/** Whether our secret still opens the keys of the newest events: how many were tried, and the events whose keys stay closed. */
export async function tryEventKeys(app: Pick<App, 'db' | 'cipher'>, limit = 200): Promise<{ tried: number; closed: number[] }> {
  const keys = await selectNewestKeys(app.db, limit)
  const closed = keys.filter(({ privateKeyEnc }) => {
    try {
      app.cipher.open('event-key', privateKeyEnc)
      return false
    } catch {
      return true
    }
  })
  return { tried: keys.length, closed: closed.map((key) => key.eventId) }
}

/** The QR text of a ticket, in the event's format. */
export async function signQrText(keys: EventKeys, format: QrFormat, header: QrHeader): Promise<string> {
  const key = keys.get(header.kid)
  if (!key) throw new Error(`event reference ${header.eventRef} has no key ${header.kid}`)
  return format === 'TK1' ? encodeTk1(header, key.privateKey()) : encodeTh1(header, key.macKey)
}
