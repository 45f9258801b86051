// Tickets by the thousand as pages: asked for, corrected line by line, confirmed, watched, fetched; for who leads the event, and nobody else.
import { describe, expect, it } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { xlsxStream } from '#src/platform/xlsx.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { browse, hiddenFields } from '#test/pages.ts'
import { counterOf, expectSound } from '#test/sale.ts'

const app = testApp()

async function world(quantity = 50) {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { name: 'Presse', quantity })
  const path = `/organizer/events/${event.slug}`
  return { event, type, path, owner: browse(app, event.organizer.owner) }
}

/** A form with a file, as browsers send it. */
function multipart(fields: Record<string, string | number>, file?: { name: string; bytes: Buffer }): [Buffer, string] {
  const mark = 'boundary-of-a-test'
  const parts: Uint8Array[] = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${mark}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  )
  if (file)
    parts.push(
      Buffer.from(
        `--${mark}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
      ),
      file.bytes,
      Buffer.from('\r\n'),
    )
  return [Buffer.concat([...parts, Buffer.from(`--${mark}--\r\n`)]), `multipart/form-data; boundary=${mark}`]
}

const peopleOf = (html: string) => /<textarea hidden name="people"[^>]*>([^]*?)<\/textarea>/.exec(html)?.[1] ?? ''

describe('issuing tickets', () => {
  it('goes from a number to files, once however often the form is sent', async () => {
    const { type, path, owner } = await world()
    expect((await owner.get(`${path}/participants`)).html).toContain(`${path}/issues`)
    expect((await owner.get(`${path}/issues`)).text).toContain('Aucun billet émis')
    expect((await owner.get(`${path}/issues/new`)).text).toContain('Presse (50 places libres)')
    const asked = { type: type.id, terms: 'complimentary', who: 'numbered', quantity: '12', perSheet: '8' }
    const check = await owner.postRaw(`${path}/issues/check`, ...multipart(asked))
    expect(check.text).toContain('12 billets, Presse')
    expect(check.text).toContain('Il restera 38 places')
    expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 0, sold: 0 })
    const sent = await owner.post(`${path}/issues`, hiddenFields(check.html))
    expect((await owner.post(`${path}/issues`, hiddenFields(check.html))).location).toBe(sent.location)
    expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 12 })
    const going = await owner.get(sent.location)
    expect(going.text).toMatch(/Création des billets\s: 0 sur 12/)
    expect(going.html).toContain('http-equiv="refresh"')
    await workOff(app)
    const done = await owner.get(sent.location)
    expect(done.text).toContain('C’est prêt')
    expect(done.html).not.toContain('http-equiv="refresh"')
    for (const [file, type_] of [
      ['billets.pdf', 'application/pdf'],
      ['billets.csv', 'text/csv; charset=utf-8'],
      ['billets.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ]) {
      const fetched = await owner.get(`${sent.location}/files/${file}`)
      expect([fetched.status, fetched.headers['content-type'], fetched.headers['cache-control']]).toEqual([200, type_, 'no-store'])
    }
    expect((await owner.get(`${sent.location}/files/autre.pdf`)).status).toBe(404)
    // A week later the files are gone, and can be made again.
    await owner.post(`${sent.location}/print`)
    expect((await owner.get(sent.location)).text).toMatch(/Mise en page\s: 0 sur 12/)
    await workOff(app)
    expect((await owner.get(sent.location)).text).toContain('C’est prêt')
    expect((await owner.get(`${path}/issues`)).text).toContain('12 × Presse')
    await expectSound(app)
  })

  it('takes a list that was pasted or uploaded, and says what to correct before anything is made', async () => {
    const { type, path, owner } = await world()
    const asked = { type: type.id, terms: 'outside', who: 'list', perSheet: '4' }
    const wrong = await owner.postRaw(`${path}/issues/check`, ...multipart({ ...asked, people: 'Nom;E-mail\nAda;ada@\n;\n;bio@example.test' }))
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('2 lignes sont à corriger')
    expect(wrong.text).toMatch(/Ligne 2\s?: l’adresse/)
    expect(wrong.text).toMatch(/Ligne 4\s?: il manque un nom/)
    const pages = (async function* () {
      yield [
        ['Zoé “Z”; Agbo', 'zoe@example.test'],
        ['Bio', ''],
      ]
    })()
    const chunks: Buffer[] = []
    for await (const chunk of xlsxStream(pages, {
      name: 'x',
      columns: [
        { label: 'Nom', width: 9 },
        { label: 'Courriel', width: 9 },
      ],
    }))
      chunks.push(chunk as Buffer)
    const check = await owner.postRaw(
      `${path}/issues/check`,
      ...multipart({ ...asked, people: '' }, { name: 'liste.xlsx', bytes: Buffer.concat(chunks) }),
    )
    expect(check.text).toContain('2 billets, Presse')
    const people = peopleOf(check.html).replaceAll('&quot;', '"').replaceAll('&amp;', '&')
    const { location } = await owner.post(`${path}/issues`, { ...hiddenFields(check.html), people })
    await workOff(app)
    const tickets = await app.db
      .selectFrom('ticket')
      .select(['id', 'holderName', 'status'])
      .where('issueId', '=', location.split('/').at(-1)!)
      .orderBy('id')
      .execute()
    expect(tickets.map(({ holderName, status }) => [holderName, status])).toEqual([
      ['Zoé “Z”; Agbo', 'issued'],
      ['Bio', 'issued'],
    ])
    // One is sold, then all the others.
    expect((await owner.get(`${path}/participants?state=issued`)).text).toContain('À vendre')
    expect((await owner.post(`${path}/participants/${tickets[0]!.id}/activate`)).location).toContain('done=activated')
    expect((await owner.get(location)).text).toContain('1 billet attend d’être vendus')
    await owner.post(`${location}/activate`)
    expect((await owner.get(location)).text).not.toContain('attend')
  })

  it.each([
    ['nothing chosen', {}, 'form'],
    ['an empty list', { who: 'list', people: ' ' }, 'La liste est vide'],
    ['too many', { quantity: '51' }, 'Il ne reste que 50 places'],
    ['no number', { quantity: 'beaucoup' }, 'form'],
  ])('refuses %s, keeping what was typed', async (_, fields, words) => {
    const { type, path, owner } = await world()
    const refused = await owner.postRaw(`${path}/issues/check`, ...multipart({ type: type.id, terms: 'complimentary', who: 'numbered', ...fields }))
    expect(refused.status).toBe(422)
    expect(refused.text).toContain(words === 'form' ? 'corriger' : words)
  })

  it('refuses files that are no lists, or too large', async () => {
    const { type, path, owner } = await world()
    const fields = { type: type.id, terms: 'complimentary', who: 'list', people: '' }
    for (const bytes of [Buffer.from('PK nonsense'), Buffer.alloc(2 * 1024 * 1024 + 1, 65)]) {
      const refused = await owner.postRaw(`${path}/issues/check`, ...multipart(fields, { name: 'x.xlsx', bytes }))
      expect([refused.status, refused.text.includes('illisible')]).toEqual([422, true])
    }
  })

  it('is stopped in the middle, and says what remains', async () => {
    const { type, path, owner } = await world()
    const check = await owner.postRaw(`${path}/issues/check`, ...multipart({ type: type.id, terms: 'complimentary', who: 'numbered', quantity: 5 }))
    const { location } = await owner.post(`${path}/issues`, hiddenFields(check.html))
    expect((await owner.post(`${location}/stop`)).location).toBe(location)
    expect((await owner.get(location)).text).toContain('Le travail est arrêté')
    await workOff(app)
    expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 0, sold: 0 })
  })

  it('is for who leads: cashiers, agents, rivals and visitors neither see it nor fetch what came of it', async () => {
    const { event, type, path, owner } = await world()
    const check = await owner.postRaw(`${path}/issues/check`, ...multipart({ type: type.id, terms: 'complimentary', who: 'numbered', quantity: 1 }))
    const { location } = await owner.post(`${path}/issues`, hiddenFields(check.html))
    await workOff(app)
    const rival = await buildOrganizer(app)
    const others: [AccountActor | undefined, number][] = [
      [await buildMember(app, event.organizer.id, 'cashier'), 403],
      [await buildMember(app, event.organizer.id, 'agent'), 403],
      [rival.owner, 404],
      [undefined, 303],
    ]
    for (const [who, status] of others) {
      const browser = browse(app, who)
      for (const address of [`${path}/issues`, `${path}/issues/new`, location, `${location}/files/billets.csv`]) {
        expect([address, (await browser.get(address)).status]).toEqual([address, status])
      }
      for (const address of [`${location}/stop`, `${location}/print`, `${location}/activate`])
        expect([address, (await browser.post(address)).status]).toEqual([address, status === 303 ? 401 : status])
    }
    // Under another event's address it is nobody's.
    const other = await buildEvent(app, { organizer: event.organizer })
    expect((await owner.get(location.replace(event.slug, other.slug))).status).toBe(404)
  })
})
