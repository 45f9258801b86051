// Which device a session runs on, as its owner would call it.
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** "Firefox, Android": enough to know one's own phone again. Undefined where the browser didn't say. */
export function deviceName(userAgent: string | null): string | undefined {
  const of = (list: readonly (readonly [string, string])[]) => list.find(([mark]) => userAgent?.includes(mark))?.[1]
  return [of(BROWSERS), of(SYSTEMS)].filter(Boolean).join(', ') || userAgent?.slice(0, 40)
}
