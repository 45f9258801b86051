// Identifiers and secrets that we hand out. Integer ids stay inside; what people see is made here.
import { createHash, randomBytes, randomFillSync, randomInt } from 'node:crypto'

/** Crockford's Base32 without I, L, O, U: read aloud and typed without mistakes. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

// Randomness for ids and codes, drawn from the system 4 KiB at a time: a call each would cost more than everything else here. Tokens are
// drawn one by one, so that no copy of them stays in the pool.
const pool = Buffer.alloc(4096)
let used = pool.length

function draw(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return pool.subarray(used, (used += bytes))
}

/** A random order code: 10 letters and digits, 50 bits. Not a secret: showing an order needs more than its code. */
export function newOrderCode(): string {
  let code = ''
  for (const byte of draw(10)) code += CROCKFORD[byte & 31]
  return code
}

/** The codes of tickets, 8 random bytes each, one after another: what a QR text signs and a person may type. */
export function newTicketCodes(count: number): Buffer {
  return Buffer.from(draw(8 * count))
}

let lastMs = 0
let counter = 0

/**
 * A UUID version 7 (RFC 9562 sections 5.7 and 6.2): unique and growing with time, so that it fills an index from one side. Those that
 * one process draws within a millisecond grow as well.
 */
export function uuidv7(now = Date.now()): string {
  const bytes = Buffer.from(draw(16))
  // Counts up from a random start below 2048, which leaves room for another 2048 in the millisecond.
  counter = now === lastMs ? (counter + 1) & 0xfff : bytes.readUInt16BE(6) & 0x7ff
  lastMs = now
  bytes.writeUIntBE(now, 0, 6)
  bytes.writeUInt16BE(0x7000 | counter, 6)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** A secret of 256 random bits, base64url (43 characters). Store only `hashToken` of it. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** SHA-256 of a token: what the database keeps. A plain hash suffices, since tokens are random, unlike passwords. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** A random unsigned 32-bit number, never zero. */
export function newPublicRef(): number {
  return randomInt(1, 0x1_0000_0000)
}

/** A title as it may stand in an address: `Soirée à Ouidah !` → `soiree-a-ouidah`. At most 60 characters; never empty. */
export function slugOf(title: string): string {
  const slug = title
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '')
  return slug || 'x'
}
