// Base45 (RFC 9285): bytes as the characters that a QR code packs tightest after digits.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i

/** Two bytes become three characters; a last single byte becomes two. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const n = bytes[i]! * 256 + bytes[i + 1]!
    text += ALPHABET[n % 45]! + ALPHABET[Math.floor(n / 45) % 45]! + ALPHABET[Math.floor(n / 2025)]!
  }
  if (bytes.length % 2 === 1) {
    const n = bytes[bytes.length - 1]!
    text += ALPHABET[n % 45]! + ALPHABET[Math.floor(n / 45)]!
  }
  return text
}

/** The bytes of a Base45 text; null where it isn't one (a foreign character, a value too large, a length that can't be). */
export function decodeBase45(text: string): Buffer | null {
  if (text.length % 3 === 1) return null
  const bytes = Buffer.alloc(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0))
  let at = 0
  for (let i = 0; i < text.length; i += 3) {
    const [c, d] = [valueAt(text, i), valueAt(text, i + 1)]
    if (c < 0 || d < 0) return null
    if (i + 2 < text.length) {
      const e = valueAt(text, i + 2)
      const n = c + d * 45 + e * 2025
      if (e < 0 || n > 0xffff) return null
      bytes.writeUInt16BE(n, at)
      at += 2
    } else {
      const n = c + d * 45
      if (n > 0xff) return null
      bytes[at++] = n
    }
  }
  return bytes
}

function valueAt(text: string, i: number): number {
  const code = text.charCodeAt(i)
  return code < 128 ? VALUES[code]! : -1
}
