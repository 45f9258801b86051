// What organizers choose from: countries and time zones, nearest first. What an event has already stays on offer.
import type { Locale } from '#src/kernel/actor.ts'
import { isTimeZone } from '#src/kernel/zone.ts'
import type { Option } from '../ui/fields.tsx'

const COUNTRIES = ['BJ', 'TG', 'CI', 'SN', 'BF', 'ML', 'NE', 'GN', 'GH', 'NG', 'CM', 'GA', 'CG', 'CD', 'FR']
const ZONES = [
  'Africa/Porto-Novo',
  'Africa/Lome',
  'Africa/Abidjan',
  'Africa/Dakar',
  'Africa/Ouagadougou',
  'Africa/Bamako',
  'Africa/Niamey',
  'Africa/Conakry',
  'Africa/Accra',
  'Africa/Lagos',
  'Africa/Douala',
  'Africa/Libreville',
  'Africa/Brazzaville',
  'Africa/Kinshasa',
  'Europe/Paris',
  'UTC',
]

const names = new Map<Locale, Intl.DisplayNames>()

export function countryName(code: string, locale: Locale): string {
  let found = names.get(locale)
  if (!found) names.set(locale, (found = new Intl.DisplayNames(locale, { type: 'region' })))
  return found.of(code) ?? code
}

export function countryOptions(locale: Locale, current?: string): Option[] {
  const codes = current && /^[A-Z]{2}$/.test(current) && !COUNTRIES.includes(current) ? [current, ...COUNTRIES] : COUNTRIES
  return codes.map((code) => [code, countryName(code, locale)])
}

export function zoneOptions(current?: string): Option[] {
  const zones = current && isTimeZone(current) && !ZONES.includes(current) ? [current, ...ZONES] : ZONES
  return zones.map((zone) => [zone, `${zone.replace(/^.*\//, '').replaceAll('_', ' ')} (${offsetOf(zone)})`])
}

function offsetOf(zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts()
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
}
