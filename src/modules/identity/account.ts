// A person who can sign in. The address is the name they sign in with, so there is one way to write it.
import { domainToASCII } from 'node:url'
import type { Locale, Role, TeamRole } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { fieldError } from './errors.ts'

/** What a link sent to an account's address may do. */
export type AccountTokenPurpose = 'verify_email' | 'reset_password' | 'join_team' | 'change_email'

/** An account as its holder sees it. `id` is public; organizers are named by their slug. */
export type AccountView = {
  id: string
  email: string
  emailVerified: boolean
  /** Takes the place of `email` once the link sent there is followed. */
  pendingEmail: string | null
  name: string
  phone: string | null
  /** The photo's id; see `photoAddress`. */
  photo: string | null
  role: Role
  locale: Locale
  organizers: { id: string; name: string; role: TeamRole }[]
}

const MAX_EMAIL = 254
const MAX_NAME = 120

/** The address in the one form that we keep: trimmed, lower case, its domain in ASCII. Undefined where it can't be an address. */
export function normalizeEmail(typed: string): string | undefined {
  const match = /^([^\s@<>"(),:;[\]\\]{1,64})@([^\s@/]+\.[^\s@/.]{2,})$/.exec(typed.trim().normalize('NFC').toLowerCase())
  const domain = match && domainToASCII(match[2]!)
  const email = domain ? `${match[1]}@${domain}` : ''
  return email && email.length <= MAX_EMAIL ? email : undefined
}

/** @throws `invalid_email` beside the field `email` */
export function requireEmail(typed: string): string {
  const email = normalizeEmail(typed)
  if (!email) throw fieldError('invalid_email', 'email')
  return email
}

/** @throws `name_required` beside `field` where nothing is left of the name; longer names are cut */
export function requireName(typed: string, field = 'name'): string {
  const name = typed.trim().replaceAll(/\s+/g, ' ').slice(0, MAX_NAME)
  if (!name) throw fieldError('name_required', field)
  return name
}

/** E.164, or null for a field left empty. @throws `invalid_input` beside the field `phone` */
export function requirePhone(typed: string | null | undefined): string | null {
  if (!typed?.trim()) return null
  const phone = normalizePhone(typed)
  if (!phone) throw invalidInput({ pointer: '/body/phone', code: 'invalid_phone' })
  return phone
}
