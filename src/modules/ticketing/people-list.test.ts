// Lists of people as organizers really send them, and as somebody would who means harm.
import { deflateRawSync } from 'node:zlib'
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

  // Each of these took minutes or all memory where a parser looks for an end again and again.
  const MEGABYTES = 8 << 20
  const filled = (text: string) => text.repeat(MEGABYTES / text.length)
  test.each([
    ['strings that never end', { shared: filled('<si>') }],
    ['texts that never end', { shared: `<si>${filled('<t>')}</si>` }],
    ['readings that never end', { shared: `<si>${filled('<rPh>')}</si>` }],
    ['millions of strings', { shared: filled('<si/>') }],
    ['rows that never end', { sheet: filled('<row>') }],
    ['rows whose tags never end', { sheet: filled('<row ') }],
    ['cells that never end', { sheet: `<row>${filled('<c>')}</row>` }],
    ['values that never end', { sheet: `<row><c>${filled('<v>')}</c></row>` }],
    [
      'one long text, in every cell',
      { shared: `<si><t>${filled('x')}</t></si>`, sheet: `<row>${'<c t="s"><v>0</v></c>'.repeat(100)}</row>`.repeat(10_000) },
    ],
  ])('reads a hostile spreadsheet once through: %s', (_, { shared, sheet = '' }: { shared?: string; sheet?: string }) => {
    const files: Record<string, string> = { 'xl/worksheets/sheet1.xml': sheet, ...(shared ? { 'xl/sharedStrings.xml': shared } : {}) }
    const rows = readXlsx(zip(files), 10_002) ?? []
    expect(rows.flat().reduce((sum, cell) => sum + cell.length, 0)).toBeLessThan(16 << 20)
  })

  test('reads hostile text once through', () => {
    expect(readTable(`${' '.repeat(1 << 20)}x${'"'.repeat(1 << 20)}`, 10)).toHaveLength(1)
  })
})

/** The smallest zip that holds these files. */
function zip(files: Record<string, string>): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []]
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text)
    const local = Buffer.alloc(30 + name.length)
    local.writeUInt16LE(name.length, 26)
    local.write(name, 30)
    const entry = Buffer.alloc(46 + name.length)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    entry.write(name, 46)
    bodies.push(local, packed)
    directory.push(entry)
    offset += local.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, ...directory, end])
}
