// Which passwords we accept: length and rarity, no rules of composition (NIST SP 800-63B section 3.1.1.2, ASVS 5.0 section 6.2).
import { fieldError } from '../errors.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'

const MIN = 8
const MAX = 128

/**
 * @param field the field that refusals are shown beside
 * @throws `password_too_short`, `password_too_long`, `password_too_common`, `password_is_email`
 */
export function requireGoodPassword(password: string, email: string, field = 'password'): void {
  const length = [...password].length
  if (length < MIN) throw fieldError('password_too_short', field)
  if (length > MAX) throw fieldError('password_too_long', field)
  const plain = password.normalize('NFKC').toLowerCase()
  if (plain === email || plain === email.split('@')[0]) throw fieldError('password_is_email', field)
  if (COMMON_PASSWORDS.has(plain) || new Set(plain).size === 1) throw fieldError('password_too_common', field)
}
