// Encryption at rest and derived keys. Every key comes from the configuration's master key by HKDF, one per purpose.
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'

export type Cipher = Readonly<{
  /** AES-256-GCM under a key of this purpose: nonce (12 bytes), tag (16), ciphertext. */
  seal(purpose: string, clear: Uint8Array): Buffer
  /** Opens what `seal` made for the same purpose. Throws where it was changed or sealed under another master key. */
  open(purpose: string, sealed: Uint8Array): Buffer
  /** HMAC-SHA256 under a key of this purpose. */
  mac(purpose: string, message: string | Uint8Array): Buffer
}>

/** @param masterKey 32 bytes */
export function createCipher(masterKey: Buffer): Cipher {
  // Key objects: bare bytes would be imported anew at each use, which takes longer than the use itself.
  const keys = new Map<string, KeyObject>()
  const keyFor = (purpose: string) => {
    let key = keys.get(purpose)
    if (!key) keys.set(purpose, (key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', `guichet ${purpose}`, 32)))))
    return key
  }
  return {
    seal(purpose, clear) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce)
      const sealed = Buffer.concat([cipher.update(clear), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
    },
    open(purpose, sealed) {
      const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), sealed.subarray(0, 12))
      decipher.setAuthTag(sealed.subarray(12, 28))
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
    },
    mac: (purpose, message) =>
      createHmac('sha256', keyFor(`mac ${purpose}`))
        .update(message)
        .digest(),
  }
}

/** Compares two byte strings in time that depends on their length only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
