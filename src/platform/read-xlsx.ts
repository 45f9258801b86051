// Reads the first sheet of a spreadsheet that somebody uploaded (Office Open XML): texts and numbers as text. Nothing of it is trusted.
import { inflateRawSync } from 'node:zlib'

/** What a file may become when unpacked: a few kilobytes can claim to be gigabytes. */
const MAX_UNPACKED = 32 * 1024 * 1024
/** Of different texts, and of letters in all cells: one text may stand in a million cells. */
const [MAX_SHARED, MAX_LETTERS] = [200_000, 8 * 1024 * 1024]

/** @returns rows of cells, empty ones as ''; undefined where the bytes are no spreadsheet that we understand */
export function readXlsx(bytes: Buffer, maxRows: number): string[][] | undefined {
  try {
    const files = readDirectory(bytes)
    const sheet = [...files.keys()]
      .filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]
    if (!sheet) return undefined
    const shared = files.has('xl/sharedStrings.xml') ? readShared(unpack(bytes, files.get('xl/sharedStrings.xml')!)) : []
    return readSheet(unpack(bytes, files.get(sheet)!), shared, maxRows)
  } catch {
    return undefined
  }
}

type Entry = { method: number; packed: number; offset: number }

/** The zip's central directory, from its end. */
function readDirectory(bytes: Buffer): Map<string, Entry> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0) throw new RangeError('no zip')
  const files = new Map<string, Entry>()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new RangeError('no directory entry')
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    files.set(name, { method: bytes.readUInt16LE(at + 10), packed: bytes.readUInt32LE(at + 20), offset: bytes.readUInt32LE(at + 42) })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

function unpack(bytes: Buffer, { method, packed, offset }: Entry): string {
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  const data = bytes.subarray(start, start + packed)
  return (method === 0 ? data : inflateRawSync(data, { maxOutputLength: MAX_UNPACKED })).toString('utf8')
}

function readShared(xml: string): string[] {
  const texts: string[] = []
  for (const { inner } of elements(xml, 'si')) {
    if (texts.length >= MAX_SHARED) throw new RangeError('too many texts')
    texts.push(textOf(inner))
  }
  return texts
}

type Element = { attributes: string; inner: string }

/** The elements of a name, one after the other; none holds another of its name. Looked for once through: hostile text costs no more than any. */
function* elements(xml: string, name: string): Generator<Element> {
  for (let at = xml.indexOf(`<${name}`); at >= 0; at = xml.indexOf(`<${name}`, at)) {
    at += name.length + 1
    // Another name that begins like this one.
    if (!/[\s/>]/.test(xml.charAt(at))) continue
    const tagEnd = xml.indexOf('>', at)
    if (tagEnd < 0) return
    const empty = xml[tagEnd - 1] === '/'
    const end = empty ? tagEnd : xml.indexOf(`</${name}>`, tagEnd)
    if (end < 0) return
    yield { attributes: xml.slice(at, tagEnd), inner: empty ? '' : xml.slice(tagEnd + 1, end) }
    at = end
  }
}

/** The texts of a run of elements, without phonetic readings. */
function textOf(xml: string): string {
  let text = ''
  for (const { inner } of elements(withoutReadings(xml), 't')) text += unescapeXml(inner)
  return text
}

function withoutReadings(xml: string): string {
  let rest = ''
  let at = 0
  for (let open = xml.indexOf('<rPh'); open >= 0; open = xml.indexOf('<rPh', at)) {
    rest += xml.slice(at, open)
    const close = xml.indexOf('</rPh>', open)
    if (close < 0) return rest
    at = close + '</rPh>'.length
  }
  return rest + xml.slice(at)
}

function readSheet(xml: string, shared: readonly string[], maxRows: number): string[][] {
  const rows: string[][] = []
  let letters = 0
  for (const { inner } of elements(xml, 'row')) {
    if (rows.length >= maxRows) break
    const cells: string[] = []
    for (const { attributes, inner: content } of elements(inner, 'c')) {
      const column = /\br="([A-Z]{1,3})\d+"/.exec(attributes)?.[1]
      const index = column ? columnIndex(column) : cells.length
      if (index > 100) continue
      while (cells.length < index) cells.push('')
      const text = cellText(attributes, content, shared)
      letters += text.length
      if (letters > MAX_LETTERS) throw new RangeError('too much text')
      cells[index] = text
    }
    rows.push(cells)
  }
  return rows
}

function cellText(attributes: string, content: string, shared: readonly string[]): string {
  const kind = /\bt="(\w+)"/.exec(attributes)?.[1]
  if (kind === 'inlineStr') return textOf(content)
  const [value] = elements(content, 'v')
  const text = unescapeXml(value?.inner ?? '')
  return kind === 's' ? (shared[Number(text)] ?? '') : text
}

/** A → 0, Z → 25, AA → 26. */
function columnIndex(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}
