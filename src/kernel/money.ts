// Money is an integer in the currency's minor unit plus its code. XOF has no minor unit: 5000 is five thousand francs.

/** `amount` in minor units; never a fraction. */
export type Money = { readonly amount: number; readonly currency: string }

const EXPONENTS: Readonly<Record<string, number>> = { XOF: 0, XAF: 0, GNF: 0, JPY: 0, EUR: 2, USD: 2, GHS: 2, NGN: 2, KWD: 3, TND: 3 }

/** Digits after the decimal point in the currency (ISO 4217). Throws on a currency that we don't know. */
export function currencyExponent(currency: string): number {
  const exponent = EXPONENTS[currency]
  if (exponent === undefined) throw new RangeError(`unknown currency ${currency}`)
  return exponent
}

/** The part of `amount` (minor units) that `basisPoints` takes, rounded down: the remainder stays with the organizer. */
export function shareOf(amount: number, basisPoints: number): number {
  return Number((BigInt(amount) * BigInt(basisPoints)) / 10_000n)
}

const formatters = new Map<string, Intl.NumberFormat>()

/** Money as people write it in the locale: `5 000 F CFA`, `F CFA 5,000`. */
export function formatMoney(money: Money, locale: string): string {
  const key = `${locale} ${money.currency}`
  let formatter = formatters.get(key)
  if (!formatter) {
    const digits = currencyExponent(money.currency)
    formatter = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formatters.set(key, formatter)
  }
  if (!Number.isSafeInteger(money.amount)) throw new RangeError(`money must be a whole number of minor units: ${money.amount}`)
  return formatter.format(money.amount / 10 ** currencyExponent(money.currency))
}
