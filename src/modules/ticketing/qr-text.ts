// The text in a ticket's QR code. TK1: signed with Ed25519, so that a stolen scanner can't forge; TH1: HMAC, checked on the server only.
//
//   0  magic (2) · kid (1) · event reference (4) · type ordinal (2) · code (8)   = 17 bytes, all big-endian
//  17  TK1: Ed25519 signature (64), TH1: HMAC-SHA256 cut to 16, over "tkt-qr-v1" 0x00 and the 17 bytes
//
// The magic numbers are chosen so that the Base45 text begins with the format's name. Nothing personal is inside.
import { createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import { CROCKFORD } from '#src/kernel/id.ts'
import { decodeBase45, encodeBase45 } from './base45.ts'

export type QrFormat = 'TK1' | 'TH1'

export type QrHeader = {
  kid: number
  /** The event's public reference, unsigned 32 bits. */ eventRef: number
  /** The type's ordinal in its event. */ typeRef: number
  /** 8 bytes. */ code: Buffer
}

export type ParsedQr = QrHeader & { kind: QrFormat; header: Buffer; proof: Buffer }

const MAGIC = { TK1: 0x0b8a, TH1: 0x0b03 } as const satisfies Record<QrFormat, number>
const HEADER_BYTES = 17
const TEXT_LENGTH = { TK1: 122, TH1: 50 } as const satisfies Record<QrFormat, number>
const DOMAIN = Buffer.from('tkt-qr-v1\0')

function headerBytes(format: QrFormat, header: QrHeader): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES)
  bytes.writeUInt16BE(MAGIC[format], 0)
  bytes.writeUInt8(header.kid, 2)
  bytes.writeUInt32BE(header.eventRef, 3)
  bytes.writeUInt16BE(header.typeRef, 7)
  header.code.copy(bytes, 9, 0, 8)
  return bytes
}

/** The TK1 text: 122 characters, always the same for the same header and key. */
export async function encodeTk1(header: QrHeader, privateKey: KeyObject): Promise<string> {
  const bytes = headerBytes('TK1', header)
  return encodeBase45(Buffer.concat([bytes, await signAside(Buffer.concat([DOMAIN, bytes]), privateKey)]))
}

// On another thread: no other step of a free order takes this process as long as a signature.
function signAside(bytes: Buffer, privateKey: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(null, bytes, privateKey, (error, signature) => (error ? reject(error) : resolve(signature)))
  })
}

/** The TH1 text: 50 characters. @param macKey 32 bytes, never shown to a scanner */
export function encodeTh1(header: QrHeader, macKey: Buffer): string {
  const bytes = headerBytes('TH1', header)
  return encodeBase45(Buffer.concat([bytes, mac(bytes, macKey)]))
}

function mac(header: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(DOMAIN).update(header).digest().subarray(0, 16)
}

/**
 * Reads what a camera saw. Nothing is proven yet: only `eventRef` and `kid` may be used before `isGenuine`, to choose the key.
 * `malformed`: not one of ours (a URL, a Wi-Fi code). `unsupported`: ours, of a version that we don't know.
 */
export function parseQrText(text: string): ParsedQr | { kind: 'malformed' } | { kind: 'unsupported' } {
  const trimmed = text.replaceAll(/[\r\n\t]/g, '').trim()
  const format = trimmed.slice(0, 3)
  if (format !== 'TK1' && format !== 'TH1') {
    return /^T[A-Z][0-9A-Z]/.test(trimmed) && trimmed.length >= TEXT_LENGTH.TH1 && decodeBase45(trimmed)
      ? { kind: 'unsupported' }
      : { kind: 'malformed' }
  }
  // A TH1 text may end in a space, which trimming took.
  const whole = trimmed.padEnd(TEXT_LENGTH[format])
  const bytes = whole.length === TEXT_LENGTH[format] ? decodeBase45(whole) : null
  if (!bytes || bytes.readUInt16BE(0) !== MAGIC[format]) return { kind: 'malformed' }
  return {
    kind: format,
    kid: bytes.readUInt8(2),
    eventRef: bytes.readUInt32BE(3),
    typeRef: bytes.readUInt16BE(7),
    code: bytes.subarray(9, HEADER_BYTES),
    header: bytes.subarray(0, HEADER_BYTES),
    proof: bytes.subarray(HEADER_BYTES),
  }
}

/** True where the text was made with the event's key. Compared in constant time. */
export function isGenuine(qr: ParsedQr, key: { publicKey: KeyObject; macKey: Buffer }): boolean {
  if (qr.kind === 'TH1') return timingSafeEqual(mac(qr.header, key.macKey), qr.proof)
  return verify(null, Buffer.concat([DOMAIN, qr.header]), key.publicKey, qr.proof)
}

// RFC 8410 wrappers around the bare 32 bytes that we store.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

export function ed25519PrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
}

export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
}

const CHECK = `${CROCKFORD}*~$=U`

/** A ticket's code for people: Crockford Base32 with a check character, `XXXX-XXXX-XXXX-XX`. @param code 8 bytes */
export function humanCode(code: Buffer): string {
  const value = code.readBigUInt64BE(0)
  let text = ''
  for (let shift = 60n; shift >= 0n; shift -= 5n) text += CROCKFORD[Number((value >> shift) & 31n)]
  text += CHECK[Number(value % 37n)]
  return text.replace(/^(.{4})(.{4})(.{4})(.{2})$/, '$1-$2-$3-$4')
}

/** The 8 bytes of a typed code; null where it can't be one or its check character doesn't fit. Forgives case, spaces, O, I, L. */
export function parseHumanCode(typed: string): Buffer | null {
  const text = typed.toUpperCase().replaceAll(/[\s-]/g, '')
  if (text.length !== 14) return null
  let value = 0n
  for (const letter of text.slice(0, 13).replaceAll('O', '0').replaceAll(/[IL]/g, '1')) {
    const digit = CROCKFORD.indexOf(letter)
    if (digit < 0) return null
    value = value * 32n + BigInt(digit)
  }
  if (value >= 1n << 64n || CHECK[Number(value % 37n)] !== text[13]) return null
  const code = Buffer.alloc(8)
  code.writeBigUInt64BE(value)
  return code
}
