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

// Where most events are; anything else can be typed.
const CITIES: Readonly<Record<string, readonly string[]>> = {
  BJ: ['Cotonou', 'Porto-Novo', 'Abomey-Calavi', 'Parakou', 'Ouidah', 'Abomey', 'Bohicon', 'Grand-Popo', 'Lokossa', 'Natitingou', 'Djougou', 'Kandi'],
  TG: ['Lomé', 'Kara', 'Sokodé', 'Kpalimé', 'Atakpamé', 'Aného', 'Dapaong'],
  CI: ['Abidjan', 'Yamoussoukro', 'Bouaké', 'Grand-Bassam', 'San-Pédro', 'Korhogo', 'Daloa', 'Man'],
  SN: ['Dakar', 'Thiès', 'Saint-Louis', 'Mbour', 'Saly', 'Rufisque', 'Ziguinchor', 'Touba', 'Kaolack'],
  BF: ['Ouagadougou', 'Bobo-Dioulasso', 'Koudougou', 'Banfora', 'Ouahigouya'],
  ML: ['Bamako', 'Ségou', 'Sikasso', 'Mopti', 'Kayes'],
  NE: ['Niamey', 'Zinder', 'Maradi', 'Agadez', 'Dosso'],
  GN: ['Conakry', 'Kankan', 'Labé', 'Nzérékoré', 'Kindia'],
  GH: ['Accra', 'Kumasi', 'Tema', 'Cape Coast', 'Takoradi', 'Tamale'],
  NG: ['Lagos', 'Abuja', 'Ibadan', 'Port Harcourt', 'Kano', 'Benin City', 'Calabar'],
  CM: ['Douala', 'Yaoundé', 'Bafoussam', 'Kribi', 'Limbé', 'Buea', 'Garoua'],
  GA: ['Libreville', 'Port-Gentil', 'Franceville', 'Oyem'],
  FR: ['Paris', 'Lyon', 'Marseille', 'Lille', 'Bordeaux', 'Toulouse', 'Nantes', 'Strasbourg', 'Montpellier'],
}

/** Cities of a country to offer while somebody types. */
export function citySuggestions(country: string): readonly string[] {
  return CITIES[country] ?? []
}

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
