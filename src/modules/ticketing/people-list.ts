// A list of people as somebody pasted or uploaded it: which column is the name, which the address, and what is wrong, line by line.
import { normalizeEmail } from '#src/modules/identity/account.ts'
import type { Person } from './ticket-issue.ts'

export type LineProblem = { /** Counted from 1, as in the text. */ line: number; problem: 'name' | 'name_length' | 'email' }

export type PeopleList = { people: Person[]; problems: LineProblem[] }

/** Headings that we know, without accents. */
const HEADINGS = {
  name: /^(nom( complet)?|noms|name|full name|nom et prenoms?|participant|porteur|holder|invite|guest)$/,
  first: /^(prenoms?|first ?name)$/,
  last: /^(nom de famille|last ?name|surname)$/,
  email: /^(e-?mails?|courriel|mail|adresse( e-?mail| mail)?|e-?mail address)$/,
}

/** Rows of a table as people, empty lines left out. */
export function readPeople(rows: readonly (readonly string[])[]): PeopleList {
  const lines = rows
    .map((cells, i) => ({ line: i + 1, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const headings = findHeadings(lines[0]?.cells ?? [])
  const problems: LineProblem[] = []
  const people = (headings ? lines.slice(1) : lines).map(({ line, cells }) => {
    const { name, email: typed } = headings ? byHeading(cells, headings) : byContent(cells)
    const email = typed === '' ? null : normalizeEmail(typed)
    if (name === '') problems.push({ line, problem: 'name' })
    else if (name.length > 200) problems.push({ line, problem: 'name_length' })
    if (email === undefined) problems.push({ line, problem: 'email' })
    return { name, email: email ?? null }
  })
  return { people, problems }
}

type Headings = { name: number; first: number; last: number; email: number }

/** Which column is which; undefined where the first line is a person already. */
function findHeadings(cells: readonly string[]): Headings | undefined {
  const plain = cells.map((cell) => cell.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replace(/[:*]$/, '').trim())
  const at = (pattern: RegExp) => plain.findIndex((cell) => pattern.test(cell))
  const found = { name: at(HEADINGS.name), first: at(HEADINGS.first), last: at(HEADINGS.last), email: at(HEADINGS.email) }
  return found.name >= 0 || found.first >= 0 || found.last >= 0 || found.email >= 0 ? found : undefined
}

function byHeading(cells: readonly string[], { name, first, last, email }: Headings): { name: string; email: string } {
  const at = (index: number) => (index < 0 ? '' : (cells[index] ?? ''))
  // "Nom" beside "Prénom" is the family name.
  const parts = first >= 0 ? [at(first), at(last >= 0 ? last : name)] : [at(name >= 0 ? name : last)]
  return { name: parts.filter(Boolean).join(' '), email: at(email) }
}

function byContent(cells: readonly string[]): { name: string; email: string } {
  const email = cells.find((cell) => cell.includes('@')) ?? ''
  return { name: cells.find((cell) => cell !== '' && cell !== email) ?? '', email }
}

/** Text as a table: tabs, semicolons or commas, whichever the first line that has any has most of; quotes as in RFC 4180. */
export function readTable(text: string, maxRows: number): string[][] {
  const clean = text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n')
  const separator = separatorOf(clean)
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  // Said here, not asked of the cell: it may be long, and quotes many.
  let blank = true
  for (let i = 0; i < clean.length && rows.length < maxRows; i++) {
    const letter = clean[i]!
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (clean[i + 1] === '"') cell += clean[++i]!
      else quoted = false
    } else if (letter === '"' && blank) {
      cell = ''
      quoted = true
      blank = false
    } else if (letter === separator || letter === '\n') {
      row.push(cell)
      cell = ''
      blank = true
      if (letter === '\n') {
        rows.push(row)
        row = []
      }
    } else {
      cell += letter
      blank &&= letter === ' ' || letter.trim() === ''
    }
  }
  if ((cell !== '' || row.length > 0) && rows.length < maxRows) rows.push([...row, cell])
  return rows
}

function separatorOf(text: string): string {
  for (const line of text.split('\n', 50)) {
    const counts = (['\t', ';', ','] as const).map((sign) => ({ sign, count: line.split(sign).length - 1 }))
    const best = counts.reduce((a, b) => (b.count > a.count ? b : a))
    if (best.count > 0) return best.sign
  }
  return ';'
}

/** The people as text that `readTable` and `readPeople` read back. */
export function writePeople(people: readonly Person[]): string {
  const cell = (text: string) => (/[";\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return ['nom;email', ...people.map(({ name, email }) => `${cell(name)};${cell(email ?? '')}`)].join('\n')
}
