// Without a mouse, without colours of ours, without motion: buying a ticket and beginning an event by keyboard alone, what is focused is seen, and what
// the system asks of colours and motion is obeyed.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { humanCode } from '#src/modules/ticketing/qr-text.ts'
import { testApp } from '../app.ts'
import { buildDoor, buildTicket } from '../door.ts'
import { buildEvent, buildOrganizer, buildTicketType, type BuiltEvent } from '../factories.ts'
import { agentAt } from './agent.ts'
import { openStage, PATIENCE, type Seat, type Stage } from './stage.ts'

const app = testApp({ PUBLIC_URL: '' })

const SEAT: Seat = { locale: 'fr', scripts: true, width: 1280 }

/** Presses Tab until `selector` has the focus. Whatever has it on the way is on the screen, and shows that it has. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focus = await page.evaluate((wanted) => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement) || element === document.body) return { there: false, seen: true, what: 'nothing' }
      const { top, bottom } = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
      return { there: element.matches(wanted), seen: outlined && bottom > 0 && top < innerHeight, what: element.outerHTML.slice(0, 120) }
    }, selector)
    expect([focus.what, focus.seen]).toEqual([focus.what, true])
    if (focus.there) return
  }
  throw new Error(`no Tab leads to ${selector}`)
}

describe('without a mouse', PATIENCE, () => {
  let stage: Stage
  let event: BuiltEvent
  let type: { id: number }

  beforeAll(async () => {
    event = await buildEvent(app, { title: 'Nuit afrobeat' })
    type = await buildTicketType(app, event, { name: 'Standard', price: 5000, quantity: 500 })
    stage = await openStage(app)
  })
  afterAll(async () => {
    await stage?.close()
  })

  test('somebody buys a ticket', async () => {
    const visit = await stage.visit(SEAT)
    const { page } = visit
    await visit.go(`/events/${event.slug}`)
    // The first thing that Tab meets leads past the menu.
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#main')
    await page.keyboard.press('Enter')
    await tabTo(page, `[name="q-${type.id}"]`)
    await page.keyboard.type('2')
    await tabTo(page, '.event-tickets button[type=submit]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/checkout\?/)
    await tabTo(page, '[name=name]')
    await page.keyboard.type('Ada Dossou')
    await tabTo(page, '[name=payerPhone]')
    await page.keyboard.type('01 97 00 00 00')
    // A form is sent from any of its fields; nobody said where the tickets go.
    await page.keyboard.press('Enter')
    await page.locator('#field-email-error').waitFor()
    await tabTo(page, 'a[href="#field-email"]')
    await page.keyboard.press('Enter')
    await page.keyboard.type('ada@example.test')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/t\//)
    await tabTo(page, 'a[href^="/simulator/"]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/simulator\//)
    await tabTo(page, 'button[value=approve]')
    await page.keyboard.press('Enter')
    await page.getByText(visit.t.simulator.states.approved, { exact: true }).waitFor()
    await visit.leave()
  })

  test('an organizer begins an event', async () => {
    const organizer = await buildOrganizer(app)
    const visit = await stage.visit(SEAT, organizer.owner)
    const { page } = visit
    await visit.go('/organizer')
    await tabTo(page, 'a[href^="/organizer/events/new"]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/events\/new/)
    await tabTo(page, '[name=title]')
    await page.keyboard.type('Nuit du conte')
    await tabTo(page, '[name=category]')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, '[name=visibility]')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('[name=visibility]:checked').getAttribute('value')).toBe('unlisted')
    await tabTo(page, 'main form button[type=submit]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/setup\/when/)
    await visit.leave()
  })

  test('colours of the system’s own keep controls and the gate’s verdict visible', async () => {
    const door = await buildDoor(app, { gate: { directions: 'in' } })
    const ticket = await buildTicket(app, door)
    const visit = await stage.visit(SEAT, door.agent)
    const { page } = visit
    await page.emulateMedia({ forcedColors: 'active' })
    await visit.go(`/events/${event.slug}/checkout?q-${type.id}=1`)
    const bare = await page.evaluate(() =>
      [...document.querySelectorAll('.button, .input')]
        .filter((control) => {
          const { borderTopWidth, borderTopStyle } = getComputedStyle(control)
          return borderTopStyle === 'none' || Number.parseFloat(borderTopWidth) < 1
        })
        .map((control) => control.outerHTML),
    )
    expect(bare).toEqual([])
    const agent = agentAt(visit)
    await agent.opensGate()
    await agent.types(humanCode(ticket.code))
    await agent.reads(visit.t.gate.valid, 'valid')
    // The colour is half of the message there.
    const colours = await page.locator('.verdict').evaluate((verdict) => [getComputedStyle(verdict).backgroundColor, getComputedStyle(verdict).color])
    expect(new Set(colours).size).toBe(2)
    expect(colours[0]).toMatch(/^oklch\(0\.4 /)
    await visit.leave()
  })

  test('nothing moves for whom motion is too much', async () => {
    const visit = await stage.visit(SEAT)
    for (const path of ['/', '/events', `/events/${event.slug}`]) {
      await visit.go(path)
      const moving = await visit.page.evaluate(() => ({
        animations: document.getAnimations().length,
        transitions: [...document.querySelectorAll('*')].filter((element) => {
          const longest = Math.max(
            ...getComputedStyle(element)
              .transitionDuration.split(',')
              .map((each) => Number.parseFloat(each)),
          )
          return longest > 0.001
        }).length,
      }))
      expect([path, moving]).toEqual([path, { animations: 0, transitions: 0 }])
    }
    await visit.leave()
  })
})
