// How an organizer presents itself to the public. Pure rules, no I/O.
import type { FieldProblem } from '#src/kernel/domain-error.ts'
import { parseHex } from '#src/kernel/colour.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { COUNTRIES } from './organizer.ts'

export type Profile = {
  name: string
  /** Plain text. */
  description: string
  /** ISO 3166; decides the currency of the next events. */
  country: string
  /** Addresses that begin with https:// */
  website: string | null
  facebook: string | null
  instagram: string | null
  /** E.164 */
  whatsapp: string | null
  /** `#rrggbb`; null for our own colours. */
  accent: string | null
}

export const MAX_PROFILE_NAME = 120
export const MAX_PROFILE_DESCRIPTION = 2000
const MAX_ADDRESS = 300

/** Tidied, and what is wrong with it, field by field. */
export function readProfile(input: Profile): { profile: Profile; problems: FieldProblem[] } {
  const problems: FieldProblem[] = []
  const refuse = (field: keyof Profile, code: string) => {
    problems.push({ pointer: `/body/${field}`, code })
    return null
  }
  const name = input.name.replaceAll(/\s+/g, ' ').trim()
  if (!name) refuse('name', 'required')
  if (name.length > MAX_PROFILE_NAME) refuse('name', 'too_long')
  const description = input.description.trim()
  if (description.length > MAX_PROFILE_DESCRIPTION) refuse('description', 'too_long')
  if (!COUNTRIES.includes(input.country)) refuse('country', 'unknown_country')
  const address = (field: 'website' | 'facebook' | 'instagram', host?: string) => {
    const typed = input[field]?.trim()
    if (!typed) return null
    const url = typed.length <= MAX_ADDRESS ? URL.parse(typed) : null
    if (url?.protocol !== 'https:' || url.username || url.password) return refuse(field, 'not_https')
    // A link that says where it leads must lead there.
    if (host && url.hostname !== host && !url.hostname.endsWith(`.${host}`)) return refuse(field, 'other_site')
    return url.href
  }
  const website = address('website')
  const facebook = address('facebook', 'facebook.com')
  const instagram = address('instagram', 'instagram.com')
  const whatsapp = input.whatsapp?.trim() ? (normalizePhone(input.whatsapp, input.country) ?? refuse('whatsapp', 'phone')) : null
  const accent = input.accent?.trim() ? (parseHex(input.accent) ?? refuse('accent', 'not_a_colour')) : null
  return { profile: { name, description, country: input.country, website, facebook, instagram, whatsapp, accent }, problems }
}
