// An agent's evening in a real browser: the camera reads a real ticket, a tap lets in, the same ticket is refused the second time; typed codes without
// JavaScript; a hand-held reader; a network that goes away; the log of the gate.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { qrSvg } from '#src/modules/notifications/ticket-qr.ts'
import { humanCode } from '#src/modules/ticketing/qr-text.ts'
import { testApp } from '../app.ts'
import { buildDoor, buildTicket, countDoor, qrOf, type Door } from '../door.ts'
import { agentAt } from './agent.ts'
import { EVERY_SEAT, named, openStage, PATIENCE, type Seat, type Stage } from './stage.ts'

const app = testApp({ PUBLIC_URL: '' })

/** A film of someone holding the QR before a camera: not quite straight, not quite in the middle. */
async function film(qr: string): Promise<Buffer> {
  const code = await sharp(Buffer.from(qrSvg(qr, 'QR')), { density: 300 })
    .resize(420)
    .flatten({ background: '#fff' })
    .rotate(7, { background: '#777' })
    .png()
    .toBuffer()
  const frame = await sharp({ create: { width: 1280, height: 720, channels: 3, background: '#777' } })
    .composite([{ input: code, left: 380, top: 110 }])
    .jpeg({ quality: 80 })
    .toBuffer()
  return Buffer.concat(Array.from({ length: 4 }, () => frame))
}

describe('an agent', PATIENCE, () => {
  let stage: Stage
  let folder: string
  let door: Door

  const camera = () => join(folder, 'camera.mjpeg')
  const scripted = named(EVERY_SEAT.filter((seat) => seat.scripts))
  const scriptless = named(EVERY_SEAT.filter((seat) => !seat.scripts))

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'guichet-scanner-'))
    writeFileSync(camera(), await film('nothing'))
    stage = await openStage(app, { fakeCamera: camera() })
  })
  afterAll(async () => {
    await stage?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Somebody on shift at a new door; `films`: with a camera that may be used; `fleeting`: verdicts leave by themselves, as they do. */
  async function comesToWork(seat: Seat, { films = false, fleeting = false, directions = 'in' as 'in' | 'both' } = {}) {
    door = await buildDoor(app, { gate: { directions, name: 'Entrée principale' }, event: { capacity: 1200, title: 'Nuit du Zangbéto' } })
    const visit = await stage.visit(seat, door.agent)
    if (films) await visit.context.grantPermissions(['camera'], { origin: stage.address })
    const agent = agentAt(visit)
    if (!fleeting) await agent.keepsVerdicts()
    return { visit, agent }
  }

  test.each(scripted)('lets in what the camera reads, and refuses it the second time: %s', async (_, seat) => {
    const { visit, agent } = await comesToWork(seat, { films: true })
    const ticket = await buildTicket(app, door)
    writeFileSync(camera(), await film(await qrOf(app, door.event, ticket)))
    await agent.opensGate()
    await agent.reads(visit.t.gate.valid, 'valid')
    await agent.seesItAcrossTheScreen()
    // Whoever hears the page hears the answer, and the button says for what it is.
    expect(await visit.page.getByRole('status').filter({ hasText: visit.t.gate.valid }).count()).toBe(1)
    expect(await visit.page.getByRole('button', { name: visit.t.gate.let.in, description: visit.t.gate.valid }).count()).toBe(1)
    await agent.letsIn()
    await agent.reads(visit.t.gate.admitted, 'admitted')
    await agent.seesItAcrossTheScreen()
    expect([await agent.inside(), await agent.mine()]).toEqual(['1', '1'])
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, ticketsInside: 1 })
    // The next look at the same ticket, after a while.
    await visit.page.reload()
    await agent.reads(agent.word('ALREADY_INSIDE'), 'refused')
    await agent.seesItAcrossTheScreen()
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1 })
    await visit.leave()
  })

  test.each(scriptless)('types a code, lets in, and reads the log: %s', async (_, seat) => {
    const { visit, agent } = await comesToWork(seat)
    const code = humanCode((await buildTicket(app, door)).code)
    await agent.opensGate()
    await visit.look('scanner')
    await agent.types(code)
    await agent.reads(visit.t.gate.valid, 'valid, by hand')
    await agent.letsIn()
    await agent.reads(visit.t.gate.admitted, 'admitted, by hand')
    await agent.goesOn()
    await agent.types(code)
    await agent.reads(agent.word('ALREADY_INSIDE'), 'refused, by hand')
    await agent.goesOn()
    await agent.reads(visit.t.gate.ready, 'scanner with passages')
    expect([await agent.inside(), await agent.mine()]).toEqual(['1', '1'])
    await agent.opensLog()
    expect(await agent.results()).toEqual([agent.word('ALREADY_INSIDE'), visit.t.gate.directions.in])
    await agent.filtersBy('in')
    expect(await agent.results()).toEqual([visit.t.gate.directions.in])
    await visit.leave()
  })

  test.each(scripted.slice(0, 2))('pulls a hand-held reader, and chooses who goes out: %s', async (_, seat) => {
    const { visit, agent } = await comesToWork(seat, { directions: 'both' })
    const qr = await qrOf(app, door.event, await buildTicket(app, door))
    await agent.opensGate()
    await visit.look('scanner for both ways')
    await agent.readsWithReader(qr)
    await agent.reads(visit.t.gate.valid, 'valid')
    // The focus is on the button: Enter is enough.
    await visit.page.keyboard.press('Enter')
    await agent.reads(visit.t.gate.admitted, 'admitted')
    // Handed back over the fence.
    await agent.readsWithReader(qr)
    await agent.reads(agent.word('ALREADY_INSIDE'), 'refused, may go out')
    await agent.goesOn()
    await visit.page.getByRole('link', { name: visit.t.gate.directions.out, exact: true }).click()
    await visit.page.waitForURL(/way=out/)
    await agent.readsWithReader(qr)
    await agent.reads(visit.t.gate.valid, 'valid')
    await agent.letsOut()
    await agent.reads(visit.t.gate.exited, 'exited')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 0, totalIn: 1, totalOut: 1 })
    await visit.leave()
  })

  test.each(scripted.slice(1, 3))('works hands-free: %s', async (_, seat) => {
    const { visit, agent } = await comesToWork(seat, { fleeting: true })
    await visit.page.clock.install()
    await agent.opensGate()
    await visit.page.getByLabel(visit.t.gate.camera.auto).check()
    // It stays so on this phone.
    await visit.page.reload()
    await agent.readsWithReader(await qrOf(app, door.event, await buildTicket(app, door)))
    await agent.reads(visit.t.gate.admitted, 'admitted')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1 })
    // What is refused stays refused.
    await agent.readsWithReader(await qrOf(app, door.event, await buildTicket(app, door, 'refunded')))
    await agent.reads(agent.word('TICKET_REFUNDED'), 'refused')
    // It leaves by itself, before the next guest could take it for theirs.
    await visit.page.clock.fastForward(10_000)
    await agent.reads(visit.t.gate.ready, 'scanner with passages')
    await visit.leave()
  })

  test.each(scripted.slice(2))('loses the network at the worst moment, and counts nobody twice: %s', async (_, seat) => {
    const { visit, agent } = await comesToWork(seat)
    await agent.opensGate()
    await visit.context.setOffline(true)
    await agent.readsWithReader(await qrOf(app, door.event, await buildTicket(app, door)))
    await agent.reads(visit.t.gate.offline, 'offline')
    await agent.seesItAcrossTheScreen()
    // It asks again by itself as soon as it can.
    await visit.context.setOffline(false)
    await agent.reads(visit.t.gate.valid, 'valid')

    // The answer to the confirmation gets lost on its way: the passage is noted, the agent doesn't know.
    let lost = 0
    await visit.page.route('**/confirm', async (route) => {
      if (lost++ > 2) return route.continue()
      await route.fetch()
      return route.abort()
    })
    await agent.letsIn()
    await agent.reads(visit.t.gate.offline, 'confirmation lost')
    expect(await visit.page.getByText(visit.t.gate.offlineConfirmHint).count()).toBe(1)
    await visit.page.getByRole('button', { name: visit.t.gate.retry }).click()
    await agent.reads(visit.t.gate.admitted, 'admitted')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, totalIn: 1, scansIn: 1 })
    await visit.leave()
  })
})
