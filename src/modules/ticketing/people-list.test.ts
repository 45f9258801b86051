import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { xlsxStream } from '#src/platform/xlsx.ts'
import { readXlsx } from '#src/platform/read-xlsx.ts'
import { readPeople, readTable, writePeople } from './people-list.ts'

const read = (text: string) => readPeople(readTable(text, 1000))

describe('a list of people', () => {
  test.each([
    ['with headings, in any order', 'E-mail;Téléphone;Nom\nada@example.test;96;Ada', [{ name: 'Ada', email: 'ada@example.test' }]],
    ['with first names and names', 'Nom,Prénom,Courriel\nDossou,Ada,ADA@example.test', [{ name: 'Ada Dossou', email: 'ada@example.test' }]],
    [
      'without headings, pasted from a spreadsheet',
      'Ada\tada@example.test\nBio\t',
      [
        { name: 'Ada', email: 'ada@example.test' },
        { name: 'Bio', email: null },
      ],
    ],
    [
      'of names alone',
      '\ufeffAda\r\n\r\n  Bio Dun \r\n',
      [
        { name: 'Ada', email: null },
        { name: 'Bio Dun', email: null },
      ],
    ],
    ['with quotes and separators inside', '"Dossou, ""Ada""",ada@example.test', [{ name: 'Dossou, "Ada"', email: 'ada@example.test' }]],
    ['with headings only', 'Name;Email', []],
    ['that is empty', ' \n ', []],
  ])('%s', (_, text, people) => {
    expect(read(text)).toEqual({ people, problems: [] })
  })

  test('says what is wrong, line by line, as the lines stand in the text', () => {
    expect(read(`Nom;E-mail\nAda;ada@\n\n;b@example.test\n${'x'.repeat(201)};`).problems).toEqual([
      { line: 2, problem: 'email' },
      { line: 4, problem: 'name' },
      { line: 5, problem: 'name_length' },
    ])
  })

  test('is read back as it was written, whatever the names', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 30 })
      .map((text) => text.replaceAll(/[\r\n\0\ufeff]/g, ' ').trim())
      .filter((text) => text !== '')
    fc.assert(
      fc.property(fc.array(fc.record({ name, email: fc.constantFrom(null, 'a@example.test') }), { maxLength: 20 }), (people) => {
        expect(read(writePeople(people)).people).toEqual(people)
      }),
    )
  })

  test('comes out of a spreadsheet as well', async () => {
    const rows = [
      ['Ada & <Co>', 'ada@example.test'],
      ['Bio', ''],
      ['Zoé “été”', 'zoe@example.test'],
    ]
    const chunks: Buffer[] = []
    const pages = (async function* () {
      yield rows
    })()
    for await (const chunk of xlsxStream(pages, {
      name: 'x',
      columns: [
        { label: 'Nom', width: 9 },
        { label: 'E-mail', width: 9 },
      ],
    }))
      chunks.push(chunk as Buffer)
    expect(readPeople(readXlsx(Buffer.concat(chunks), 100)!).people).toEqual([
      { name: 'Ada & <Co>', email: 'ada@example.test' },
      { name: 'Bio', email: null },
      { name: 'Zoé “été”', email: 'zoe@example.test' },
    ])
  })

  test('is nothing where the bytes are no spreadsheet, whatever they are', () => {
    expect(readXlsx(Buffer.from('not a zip'), 10)).toBeUndefined()
    expect(readXlsx(Buffer.alloc(0), 10)).toBeUndefined()
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => readXlsx(Buffer.concat([Buffer.from(bytes), Buffer.from([0x50, 0x4b, 5, 6]), Buffer.alloc(18, 1)]), 10) === undefined,
      ),
    )
  })
})
