// Pictures of every page, on a phone and a wide screen, light and dark, into screenshots/ (not kept in git).
// `npm run screenshots` or `npm run screenshots -- events checkout`: only pages whose name begins so.
// `npm run screenshots -- --readme` takes those that illustrate the README, as they open, into docs/pictures/.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { readConfig } from '#src/config.ts'
import { start } from '#src/start.ts'
import { findOverflow } from '#test/axe.ts'
import { launchBrowser } from '#test/browser.ts'

const OUT = 'screenshots'
const WIDTHS = [360, 1280]
const SCHEMES = ['light', 'dark'] as const
const PICTURES = 'docs/pictures'
/** What the README shows, at which width. */
const IN_README: Readonly<Record<string, number>> = { home: 1280, 'ticket-screen': 360, 'organizer-event': 1280, 'gate-admitted': 360 }

type Shot = { name: string; /** A demo account. */ as?: string; /** Leads to the page. */ go(page: Page, url: string): Promise<unknown> }

const at = (path: string) => (page: Page, url: string) => page.goto(url + path)

async function toCheckout(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/events?price=paid`)
  for (const href of await page.locator('.cards h2 a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))) {
    await page.goto(href)
    const choice = page.locator('select[name^="q-"]').first()
    if ((await choice.count()) === 0) continue
    await choice.selectOption('2')
    await page.locator('.event-tickets button[type=submit]').click()
    return
  }
}

async function toOrder(page: Page, url: string, answer?: 'approve' | 'refuse'): Promise<void> {
  await toCheckout(page, url)
  await page.fill('[name=name]', 'Ada Dossou')
  await page.fill('[name=email]', 'ada@demo.test')
  await page.fill('[name=phone]', '01 97 12 34 56')
  for (const holder of await page.locator('[name^="holder-"]').all()) await holder.fill('Koffi Mensah')
  await page.locator('form.form button[type=submit]').click()
  await page.waitForURL(/\/t\//)
  const id = /simulator\/([0-9a-f-]{36})/.exec(await page.content())?.[1]
  if (!answer || !id) return
  await page.request.post(`${url}/api/v1/simulator/payments/${id}/${answer}`)
  for (let tries = 0; tries < 50 && (await page.locator('[data-island="order-status"]').count()) > 0; tries++) await page.reload()
}

/** The organizer's event that sold most of those on sale; of all, where none is. */
async function toOwnEvent(page: Page, url: string, rest: string): Promise<void> {
  await page.goto(`${url}/organizer`)
  const rows = await page.locator('section:last-of-type .table tbody tr').evaluateAll((list) =>
    list.map((row) => ({
      href: row.querySelector('a')!.getAttribute('href')!,
      online: row.querySelector('.badge--good') !== null,
      sold: Number((row.querySelectorAll('td')[2]?.textContent ?? '').replaceAll(/ sur.*|\D/g, '')),
    })),
  )
  const best = rows.sort((a, b) => Number(b.online) - Number(a.online) || b.sold - a.sold)[0]!
  await page.goto(url + best.href + rest)
}

async function toOwnOrder(page: Page, url: string, rest: string): Promise<void> {
  await toOwnEvent(page, url, '/orders?status=paid')
  await page.goto(url + (await page.locator('.table tbody a').first().getAttribute('href')) + rest)
}

async function toFirst(page: Page, list: string): Promise<void> {
  await page.goto(list)
  await page.locator('.table tbody a').first().click()
}

/** An organizer's draft waits for staff, who wants to see every event for a moment. */
async function toReview(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/admin/settings`)
  await page.check('[name=reviewEvents][value=always]')
  await page.locator('form[action="/admin/settings"] button').click()
  const other = await page.context().browser()!.newContext({ locale: 'fr-FR' })
  const organizer = await other.newPage()
  await signIn(organizer, url, ORGANIZER)
  await organizer.goto(`${url}/organizer`)
  const draft = organizer.locator('tr:has(.badge--plain) a').first()
  if ((await draft.count()) > 0)
    await other.request.post(`${url}${await draft.getAttribute('href')}/publish`, { headers: { 'sec-fetch-site': 'same-origin' } })
  await other.close()
  await page.goto(`${url}/admin/settings`)
  await page.locator('button[name=decision][value=reset]').click()
  await page.goto(`${url}/admin/reviews`)
}

/** A payment of one franc less than was asked for. */
async function toOddPayment(page: Page, url: string): Promise<void> {
  await toCheckout(page, url)
  await page.fill('[name=name]', 'Ada Dossou')
  await page.fill('[name=email]', 'ada@demo.test')
  await page.fill('[name=phone]', '01 97 00 00 09')
  for (const holder of await page.locator('[name^="holder-"]').all()) await holder.fill('Koffi Mensah')
  await page.locator('form.form button[type=submit]').click()
  await page.waitForURL(/\/t\//)
  await toFirst(page, `${url}/admin/payments?status=REVIEW`)
}

async function toDeskSale(page: Page, url: string, paid: boolean): Promise<void> {
  await toOwnEvent(page, url, '/desk')
  await page.locator('.offers select').first().selectOption('2')
  await page.locator('.desk .button--primary').click()
  for (const holder of await page.locator('[name^="holder-"]').all()) await holder.fill('Koffi Mensah')
  if (paid) await page.locator('main .button--primary').click()
}

/** A new organizer's own page: with nothing, or with an event that nobody has bought for. */
async function toNewcomer(page: Page, url: string, published = false): Promise<void> {
  await page.goto(`${url}/register?as=organizer`)
  await page.fill('[name=name]', 'Afi Mensah')
  await page.fill('[name=email]', `afi-${published ? 2 : 1}@demo.test`)
  await page.fill('[name=password]', 'une phrase que je retiens')
  await page.fill('[name=organizerName]', 'Contes du golfe')
  await page.locator('main form .button--primary').click()
  await page.waitForURL(/events\/new/)
  if (published) {
    await toGuide(page, url, 'check')
    await page.locator('main .button--primary').click()
    await page.waitForURL(/\/events\/[^/]+$/)
  }
  await page.goto(`${url}/organizer`)
}

/** Through the creation of an event to one of its steps, or out of it. */
async function toGuide(
  page: Page,
  url: string,
  until: 'when' | 'tickets' | 'more' | 'look' | 'check' | 'left' | 'preview' | 'checkout',
): Promise<void> {
  const save = () => page.locator('main form .button--primary').first().click()
  await page.goto(`${url}/organizer/events/new`)
  await page.fill('[name=title]', 'Nuit du conte à Ouidah')
  await page.selectOption('[name=category]', { index: 2 })
  await save()
  if (until === 'when') return
  await page.fill('[name=city]', 'Ouidah')
  await page.fill('[name=venue]', 'Fort portugais')
  await save()
  if (until === 'tickets') return
  if (until === 'left') return void (await page.goto(page.url().replace('/setup/tickets', '')))
  await page.fill('[name=name]', 'Place assise')
  await page.fill('[name=price]', '5 000')
  await page.fill('[name=quantity]', '120')
  if (until === 'more') return page.locator('button[value=more]').click()
  await save()
  if (until === 'look') return
  await page.fill('[name=description]', 'Des conteurs de tout le golfe de Guinée, jusqu’à minuit.')
  await save()
  if (until === 'check') return
  await page.locator('main .actions a').click()
  if (until === 'preview') return
  await page.locator('select[name^="q-"]').first().selectOption('2')
  await page.locator('.event-tickets button[type=submit]').click()
}

async function toParticipant(page: Page, url: string, rest: string): Promise<void> {
  await toOwnEvent(page, url, '/participants')
  await page.goto(url + (await page.locator('.table tbody a').first().getAttribute('href')) + rest)
}

/** Through giving out tickets by the dozen to one of its pages. */
async function toIssue(page: Page, url: string, until: 'form' | 'wrong' | 'confirm' | 'going' | 'done' | 'list'): Promise<void> {
  await toOwnEvent(page, url, '/issues/new')
  if (until === 'form') return
  await page.check('[name=who][value=list]')
  const people = ['Nom;E-mail', 'Ada Dossou;ada@example.test', 'Koffi Mensah;koffi@example.test', 'Presse locale;']
  await page.fill('[name=people]', [...people, ...(until === 'wrong' ? ['Zoé Agbo;zoe@', ';sans-nom@example.test'] : [])].join('\n'))
  await page.locator('main form .button--primary').click()
  if (until === 'wrong' || until === 'confirm') return
  await page.locator('main form .button--primary').click()
  if (until === 'going') return
  await page.waitForSelector('a[href*="/files/"]', { timeout: 30_000 })
  if (until === 'list') await page.goto(page.url().replace(/errands.*/, 'issues'))
}

/** An organizer with a colour of its own, whose buyers pay the fee on top. */
async function toFees(page: Page, url: string, until: 'event' | 'checkout' | 'host'): Promise<void> {
  await page.goto(`${url}/events?q=cocotiers`)
  await page.locator('.cards h2 a').first().click()
  if (until === 'host') return page.locator('a[href^="/organizers/"]').first().click()
  if (until === 'event') return
  await page.locator('select[name^="q-"]').first().selectOption('2')
  await page.locator('.event-tickets button[type=submit]').click()
}

const PARTICIPANT = 'participant@demo.test'
/** The first of the gates at which the reader may scan. */
async function toGate(page: Page, url: string, rest = ''): Promise<void> {
  await page.goto(`${url}/gate?choose`)
  await page.goto(`${url}${await page.locator('.gates a').first().getAttribute('href')}${rest}`)
}

const ORGANIZER = 'organizer@demo.test'
const CASHIER = 'cashier@demo.test'
const AGENT = 'agent@demo.test'
const ADMIN = 'admin@demo.test'

const SHOTS: Shot[] = [
  { name: 'home', go: at('/') },
  { name: 'events', go: at('/events') },
  { name: 'events-none', go: at('/events?city=Atlantide&price=free') },
  {
    name: 'event',
    go: async (page, url) => {
      await page.goto(`${url}/events?price=paid`)
      await page.locator('.cards h2 a').first().click()
    },
  },
  {
    name: 'host',
    go: async (page, url) => {
      await page.goto(`${url}/events?price=paid`)
      await page.locator('.cards h2 a').first().click()
      await page.locator('a[href^="/organizers/"]').click()
    },
  },
  { name: 'components', go: at('/dev/components') },
  { name: 'not-found', go: at('/nulle-part') },
  { name: 'checkout', go: toCheckout },
  {
    name: 'checkout-errors',
    go: async (page, url) => {
      await toCheckout(page, url)
      await page.fill('[name=email]', 'ada@')
      await page.locator('form.form button[type=submit]').click()
    },
  },
  { name: 'order-waiting', go: (page, url) => toOrder(page, url) },
  { name: 'order-refused', go: (page, url) => toOrder(page, url, 'refuse') },
  { name: 'order-tickets', go: (page, url) => toOrder(page, url, 'approve') },
  {
    name: 'ticket-screen',
    go: async (page, url) => {
      await toOrder(page, url, 'approve')
      await page.locator('a[href*="/show/"]').first().click()
    },
  },
  {
    name: 'order-refund',
    go: async (page, url) => {
      await toOrder(page, url, 'approve')
      await page.locator('summary:has-text("remboursement")').click()
    },
  },
  {
    name: 'order-refund-asked',
    go: async (page, url) => {
      await toOrder(page, url, 'approve')
      await page.locator('summary:has-text("remboursement")').click()
      await page.locator('input[name=ticket]').last().uncheck()
      await page.fill('[name=reason]', 'Je suis en déplacement ce jour-là.')
      await page.locator('form[action$="/refund-request"] button').click()
    },
  },
  {
    name: 'order-withdrawn',
    go: async (page, url) => {
      await toOrder(page, url)
      await page.locator('form[action$="/payments/withdraw"] button').click()
    },
  },
  {
    name: 'event-past',
    go: async (page, url) => {
      await page.goto(`${url}/events?status=past`)
      await page.locator('.cards h2 a').first().click()
    },
  },
  {
    name: 'event-cancelled',
    go: async (page, url) => {
      await page.goto(`${url}/events?status=cancelled`)
      await page.locator('.cards h2 a').first().click()
    },
  },
  { name: 'offline', go: at('/offline/fr') },
  {
    name: 'kept',
    go: async (page, url) => {
      await toOrder(page, url, 'approve')
      await page.reload()
      await page.locator('[data-kept]').waitFor()
      await page.goto(`${url}/kept`)
    },
  },
  { name: 'login', go: at('/login') },
  { name: 'register', go: at('/register') },
  {
    name: 'register-errors',
    go: async (page, url) => {
      await page.goto(`${url}/register`)
      await page.fill('[name=email]', 'afi@')
      await page.fill('[name=password]', 'court')
      await page.locator('main form .button').click()
    },
  },
  { name: 'forgot', go: at('/forgot-password') },
  { name: 'account', as: PARTICIPANT, go: at('/account') },
  { name: 'account-profile', as: PARTICIPANT, go: at('/account/profile') },
  { name: 'account-security', as: PARTICIPANT, go: at('/account/security') },
  { name: 'account-data', as: PARTICIPANT, go: at('/account/data') },
  { name: 'organizer', as: ORGANIZER, go: at('/organizer') },
  { name: 'register-organizer', go: at('/register?as=organizer') },
  { name: 'organizer-newcomer', go: (page, url) => toNewcomer(page, url) },
  { name: 'organizer-unsold', go: (page, url) => toNewcomer(page, url, true) },
  { name: 'guide-what', as: ORGANIZER, go: at('/organizer/events/new') },
  { name: 'guide-when', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'when') },
  { name: 'guide-tickets', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'tickets') },
  { name: 'guide-more-tickets', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'more') },
  { name: 'guide-look', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'look') },
  { name: 'guide-check', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'check') },
  { name: 'guide-left', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'left') },
  { name: 'preview-event', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'preview') },
  { name: 'preview-checkout', as: ORGANIZER, go: (page, url) => toGuide(page, url, 'checkout') },
  { name: 'organizer-event', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '') },
  { name: 'organizer-edit', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/edit') },
  { name: 'organizer-tickets', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/tickets') },
  { name: 'organizer-orders', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/orders') },
  { name: 'organizer-order', as: ORGANIZER, go: (page, url) => toOwnOrder(page, url, '') },
  { name: 'organizer-refund', as: ORGANIZER, go: (page, url) => toOwnOrder(page, url, '/refund') },
  { name: 'organizer-participants', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/participants') },
  { name: 'organizer-participants-found', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/participants?entered=no&sort=name&paid=yes') },
  { name: 'organizer-participant', as: ORGANIZER, go: (page, url) => toParticipant(page, url, '') },
  { name: 'organizer-participant-reissue', as: ORGANIZER, go: (page, url) => toParticipant(page, url, '/reissue') },
  { name: 'organizer-issue-form', as: ORGANIZER, go: (page, url) => toIssue(page, url, 'form') },
  { name: 'organizer-issue-wrong', as: ORGANIZER, go: (page, url) => toIssue(page, url, 'wrong') },
  { name: 'organizer-issue-confirm', as: ORGANIZER, go: (page, url) => toIssue(page, url, 'confirm') },
  { name: 'organizer-issue-going', as: ORGANIZER, go: (page, url) => toIssue(page, url, 'going') },
  { name: 'organizer-issue-done', as: ORGANIZER, go: (page, url) => toIssue(page, url, 'done') },
  { name: 'organizer-issue-list', as: ORGANIZER, go: (page, url) => toIssue(page, url, 'list') },
  { name: 'settings-event', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/settings') },
  { name: 'settings-languages', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/settings/languages') },
  {
    name: 'settings-refused',
    as: ORGANIZER,
    go: async (page, url) => {
      await toOwnEvent(page, url, '/settings')
      await page.check('[name=until][value=days]')
      await page.fill('[name=days]', '')
      await page.locator('form[action$="/refunds"] button').click()
    },
  },
  {
    name: 'settings-profile',
    as: 'abidjan@demo.test',
    go: async (page, url) => {
      await page.goto(`${url}/organizer/settings`)
      await page.check('[name=colours][value=own]')
      await page.fill('[name=accent]', '#ffd500')
      await page.fill('[name=website]', 'https://lagune.example')
      await page.locator('main form.form .button--primary').click()
    },
  },
  {
    name: 'settings-profile-refused',
    as: ORGANIZER,
    go: async (page, url) => {
      await page.goto(`${url}/organizer/settings`)
      await page.fill('[name=website]', 'mon site')
      await page.fill('[name=whatsapp]', '12')
      await page.locator('main form.form .button--primary').click()
    },
  },
  { name: 'fees-event', go: (page, url) => toFees(page, url, 'event') },
  { name: 'fees-checkout', go: (page, url) => toFees(page, url, 'checkout') },
  { name: 'accent-host', go: (page, url) => toFees(page, url, 'host') },
  {
    name: 'english-event',
    go: async (page, url) => {
      await page.goto(`${url}/events?q=afrobeat&lang=en`)
      await page.locator('.cards h2 a').first().click()
    },
  },
  { name: 'organizer-programme', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/programme') },
  { name: 'organizer-gates', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/gates') },
  { name: 'organizer-copy', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/copy') },
  { name: 'organizer-quotas', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/quotas') },
  {
    name: 'organizer-draft',
    as: ORGANIZER,
    go: async (page, url) => {
      await page.goto(`${url}/organizer`)
      await page.locator('tr:has(.badge--plain) a').first().click()
    },
  },
  { name: 'admin', as: ADMIN, go: at('/admin') },
  {
    name: 'admin-user',
    as: ADMIN,
    go: async (page, url) => {
      await page.goto(`${url}/admin/users`)
      await page.locator('.table tbody a').first().click()
    },
  },
  { name: 'admin-reviews', as: ADMIN, go: (page, url) => toReview(page, url) },
  {
    name: 'admin-review',
    as: ADMIN,
    go: async (page, url) => {
      await toReview(page, url)
      await page.locator('.table tbody a').first().click()
    },
  },
  { name: 'admin-events', as: ADMIN, go: at('/admin/events') },
  { name: 'admin-event', as: ADMIN, go: (page, url) => toFirst(page, `${url}/admin/events?status=published`) },
  { name: 'admin-orders', as: ADMIN, go: at('/admin/orders') },
  { name: 'admin-order', as: ADMIN, go: (page, url) => toFirst(page, `${url}/admin/orders?status=partially_refunded`) },
  { name: 'admin-payments', as: ADMIN, go: at('/admin/payments') },
  { name: 'admin-payment', as: ADMIN, go: (page, url) => toFirst(page, `${url}/admin/payments?status=SUCCEEDED`) },
  { name: 'admin-payment-review', as: ADMIN, go: (page, url) => toOddPayment(page, url) },
  { name: 'admin-refunds', as: ADMIN, go: at('/admin/refunds') },
  { name: 'admin-refund', as: ADMIN, go: (page, url) => toFirst(page, `${url}/admin/refunds`) },
  { name: 'admin-ledger', as: ADMIN, go: at('/admin/ledger') },
  { name: 'admin-users', as: ADMIN, go: at('/admin/users') },
  { name: 'admin-organizers', as: ADMIN, go: at('/admin/organizers') },
  { name: 'admin-organizer', as: ADMIN, go: (page, url) => toFirst(page, `${url}/admin/organizers`) },
  { name: 'admin-categories', as: ADMIN, go: at('/admin/categories') },
  { name: 'admin-category', as: ADMIN, go: at('/admin/categories/concert') },
  { name: 'admin-mails', as: ADMIN, go: at('/admin/mails') },
  { name: 'admin-jobs', as: ADMIN, go: at('/admin/jobs') },
  { name: 'admin-checks', as: ADMIN, go: at('/admin/checks') },
  { name: 'admin-facts', as: ADMIN, go: at('/admin/facts?q=order.') },
  { name: 'admin-settings', as: ADMIN, go: at('/admin/settings') },
  {
    name: 'admin-demo',
    as: ADMIN,
    go: async (page, url) => {
      await toOrder(page, url)
      await page.goto(`${url}/admin/demo`)
    },
  },
  { name: 'organizer-team', as: ORGANIZER, go: at('/organizer/team') },
  { name: 'organizer-gate-log', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/gates/log') },
  { name: 'gate-choice', as: ORGANIZER, go: at('/gate?choose') },
  { name: 'gate-scanner', as: AGENT, go: (page, url) => toGate(page, url) },
  { name: 'gate-log', as: AGENT, go: (page, url) => toGate(page, url, '/log') },
  {
    name: 'gate-refused',
    as: AGENT,
    go: async (page, url) => {
      await toGate(page, url)
      await page.fill('#code', 'XXXX')
      await page.locator('form[data-scan] button').click()
      await page.locator('.verdict--bad').waitFor()
    },
  },
  { name: 'gate-search', as: ORGANIZER, go: (page, url) => toGate(page, url, '/search?q=') },
  {
    name: 'gate-verdict',
    as: ORGANIZER,
    go: async (page, url) => {
      await toGate(page, url, '/search?q=')
      await page.locator('.lines .button').first().click()
      await page.locator('.verdict').waitFor()
    },
  },
  {
    name: 'gate-admitted',
    as: ORGANIZER,
    go: async (page, url) => {
      await toGate(page, url, '/search?q=')
      await page.locator('.lines .button').first().click()
      await page.locator('.verdict .button').first().click()
      await page.locator('.verdict--good').waitFor()
    },
  },
  { name: 'desk', as: CASHIER, go: (page, url) => toOwnEvent(page, url, '/desk') },
  { name: 'desk-sale', as: CASHIER, go: (page, url) => toDeskSale(page, url, false) },
  { name: 'desk-tickets', as: CASHIER, go: (page, url) => toDeskSale(page, url, true) },
  { name: 'organizer-cancel', as: ORGANIZER, go: (page, url) => toOwnEvent(page, url, '/cancel') },
]

const forReadme = process.argv.includes('--readme')
const wanted = process.argv.slice(2)
const dataDir = mkdtempSync(join(tmpdir(), 'guichet-screenshots-'))
// The embedded database may run as another user, who must get in.
chmodSync(dataDir, 0o711)
const config = readConfig({
  ...process.env,
  NODE_ENV: 'development',
  PORT: '0',
  DATA_DIR: dataDir,
  DATABASE_URL: '',
  DEMO_WORLD: 'on',
  LOG_LEVEL: 'error',
})
await build()
const running = await start(config, console.log)
const url = running.url!
const browser = await launchBrowser()
try {
  mkdirSync(forReadme ? PICTURES : OUT, { recursive: true })
  const shots = SHOTS.filter(({ name }) => (forReadme ? name in IN_README : wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix))))
  for (const shot of shots) await take(browser, shot, forReadme ? illustrate : pictureAll)
} finally {
  await browser.close()
  await running.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function signIn(page: Page, address: string, email: string): Promise<void> {
  await page.goto(`${address}/login`)
  await page.fill('[name=email]', email)
  await page.fill('[name=password]', 'guichet-demo')
  await page.locator('main form button[type=submit]').first().click()
}

/** @param picture takes the pictures, and answers what of the page scrolls sideways */
async function take(browser: Browser, shot: Shot, picture: (page: Page, name: string) => Promise<string[]>): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: forReadme ? IN_README[shot.name]! : 360, height: 740 },
    locale: 'fr-FR',
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'accept-language': 'fr' },
  })
  try {
    const page = await context.newPage()
    if (shot.as) await signIn(page, url, shot.as)
    await shot.go(page, url)
    console.log([shot.name, ...(await picture(page, shot.name))].join('\n  scrolls sideways: '))
  } catch (error) {
    console.error(`${shot.name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  } finally {
    await context.close()
  }
}

/** The whole page at each width, light and dark. */
async function pictureAll(page: Page, name: string): Promise<string[]> {
  const sideways: string[] = []
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize({ width, height: width < 600 ? 740 : 800 })
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(OUT, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
    sideways.push(...(await findOverflow(page)))
  }
  return sideways
}

/** What one sees first, light enough for a page of text. */
async function illustrate(page: Page, name: string): Promise<string[]> {
  await sharp(await page.screenshot())
    .webp({ quality: 82 })
    .toFile(join(PICTURES, `${name}.webp`))
  return []
}
