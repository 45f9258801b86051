// Phone numbers as one canonical text, E.164.
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/mobile'

/**
 * The number in E.164 (`+2290196000001`), or null where it can't be a number of its country.
 * Benin put `01` before its eight-digit numbers on 30 November 2024; the old form, which people still type, is brought up to date.
 * @param country ISO 3166 code for numbers typed without a country code
 */
export function normalizePhone(typed: string, country = 'BJ'): string | null {
  const digits = typed.replaceAll(/[^\d+]/g, '').replace(/^00/, '+')
  const oldBenin = /^\+?229([2-9]\d{7})$/.exec(digits)?.[1] ?? (country === 'BJ' ? /^([2-9]\d{7})$/.exec(digits)?.[1] : undefined)
  const current = oldBenin ? `+22901${oldBenin}` : country === 'BJ' && /^229\d{10}$/.test(digits) ? `+${digits}` : digits
  const number = parsePhoneNumberFromString(current, country as CountryCode)
  return number?.isValid() ? number.number : null
}

/** `+229 01 97 00 00 00`: as people read it, on one line. */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational().replaceAll(' ', '\u00a0') ?? e164
}
