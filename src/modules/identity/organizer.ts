// A tenant: whoever sells tickets under one name, with a team.
import type { TeamRole } from '#src/kernel/actor.ts'
import type { Profile } from './profile.ts'

export type Organizer = Profile & {
  id: number
  slug: string
  /** What its events are sold in unless they say otherwise. */
  currency: string
  /** Basis points of each sale that the platform keeps; null: the platform's own rate. */
  commissionBps: number | null
  /** Since when staff lets it sell nothing. */
  salesSuspendedAt: Date | null
  /** As a photo: see photo.ts. */
  logoId: string | null
}

/** Somebody in a team. Unconfirmed: invited, without rights until the invited address is proven. */
export type Member = { id: string; accountId: number; email: string; name: string; role: TeamRole; confirmed: boolean }

const CURRENCIES: Readonly<Record<string, string>> = {
  BJ: 'XOF',
  BF: 'XOF',
  CI: 'XOF',
  GW: 'XOF',
  ML: 'XOF',
  NE: 'XOF',
  SN: 'XOF',
  TG: 'XOF',
  CM: 'XAF',
  CF: 'XAF',
  CG: 'XAF',
  GA: 'XAF',
  GQ: 'XAF',
  TD: 'XAF',
  GN: 'GNF',
  GH: 'GHS',
  NG: 'NGN',
  TN: 'TND',
  US: 'USD',
  FR: 'EUR',
  BE: 'EUR',
  DE: 'EUR',
  ES: 'EUR',
  IT: 'EUR',
  PT: 'EUR',
  LU: 'EUR',
  NL: 'EUR',
}

/** Where organizers may be at home. */
export const COUNTRIES: readonly string[] = Object.keys(CURRENCIES)

/** The currency of a country; XOF where we don't know better. */
export function currencyOf(country: string): string {
  return CURRENCIES[country] ?? 'XOF'
}
