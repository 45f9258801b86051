// A language that nobody has written yet, to see that one more catalog is all it takes.
import { expect, test, vi } from 'vitest'
import { messages, negotiateLocale, textIn } from './locale.ts'
import { catalogs, type Catalog } from './catalogs.ts'
import { testApp, type TestApp } from '#test/app.ts'
import { buildAccount, buildEvent } from '#test/factories.ts'
import { bearerOf, cookieOf } from '#test/sign-in.ts'

// Swahili to `Intl`; every sentence is the French one between brackets, so that a sentence that comes from elsewhere is seen.
function marked(value: unknown): unknown {
  if (typeof value === 'string') return `⟦${value}⟧`
  if (typeof value === 'function') return (...values: unknown[]) => marked((value as (...values: unknown[]) => unknown)(...values))
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]))
  return value
}

/** Everything anew, with one more catalog: test files share their worker's modules. */
async function withThirdLanguage(work: (app: TestApp) => Promise<void>): Promise<void> {
  const third = marked(catalogs.fr) as Catalog
  vi.resetModules()
  vi.doMock('./catalogs.ts', () => ({ catalogs: { ...catalogs, sw: { ...third, common: { ...third.common, region: 'sw-KE' } } } }))
  try {
    const { startTestApp } = await import('#test/app.ts')
    const { app, stop } = await startTestApp()
    try {
      await work(app)
    } finally {
      await stop()
    }
  } finally {
    vi.doUnmock('./catalogs.ts')
    vi.resetModules()
  }
}

const app = testApp()

test('a third language is one more catalog: pages, dates, categories and accounts follow', () =>
  withThirdLanguage(async (app) => {
    const event = await buildEvent(app, { startsAt: new Date('2027-02-06T19:00:00Z'), category: 'concert' })
    await app.db
      .updateTable('category')
      .set({ names: JSON.stringify({ fr: 'Concerts', en: 'Concerts', sw: 'Matamasha' }) })
      .where('slug', '=', 'concert')
      .execute()

    const asked = await app.server.inject({ url: '/events?lang=sw' })
    expect(asked.body).toContain('<html lang="sw">')
    expect(asked.body).toContain('Matamasha')
    // The others fall back to French, since nobody has named them in this language.
    expect(asked.body).toContain('Théâtre et humour')
    const page = await app.server.inject({ url: `/events/${event.slug}`, headers: { 'accept-language': 'sw-TZ,en;q=0.5' } })
    expect(page.body).toContain('<html lang="sw">')
    expect(page.body).toContain('Februari')
    // Each sentence between tags is the catalog's; what stands there unmarked is data, a date or a number.
    expect(page.body).toContain(`⟦${catalogs.fr.common.skip}⟧`)

    const account = await buildAccount(app)
    const changed = await app.server.inject({
      method: 'PATCH',
      url: '/api/v1/me',
      payload: { locale: 'sw' },
      headers: await bearerOf(app, account),
    })
    expect([changed.statusCode, changed.json<{ locale: string }>().locale]).toEqual([200, 'sw'])
    expect((await app.server.inject({ url: '/account', headers: await cookieOf(app, account) })).body).toContain('<html lang="sw">')
    const refused = await app.server.inject({ url: '/api/v1/events/nowhere', headers: { 'accept-language': 'sw' } })
    expect(refused.json<{ title: string }>().title).toMatch(/^⟦.*⟧$/)
  }))

test('a language that this version does not speak is answered in French, and the database refuses what is no language', async () => {
  expect(negotiateLocale('xx, yy;q=0.4')).toBe('fr')
  expect(messages('yo' as 'fr')).toBe(catalogs.fr)
  expect(textIn({ en: 'Fairs' }, 'sw' as 'fr')).toBe('Fairs')
  expect(textIn({ fr: 'Foires', sw: '' }, 'sw' as 'fr')).toBe('Foires')
  const account = await buildAccount(app)
  const store = (locale: string) => app.db.updateTable('account').set({ locale }).where('id', '=', account.accountId).execute()
  await expect(store('fr; DROP')).rejects.toThrow('account_locale_check')
  await store('yo')
  expect((await app.server.inject({ url: '/account', headers: await cookieOf(app, account) })).statusCode).toBe(200)
})

test('a catalog that lacks one message does not compile', () => {
  const { skip: _, ...lacking } = catalogs.fr.common
  // @ts-expect-error: "Property 'skip' is missing". The check of types fails where this line stops being an error.
  const incomplete: Catalog = { ...catalogs.fr, common: lacking }
  expect(incomplete.common).not.toHaveProperty('skip')
})
