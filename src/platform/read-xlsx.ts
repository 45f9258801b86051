// Reads the first sheet of a spreadsheet that somebody uploaded (Office Open XML): texts and numbers as text. Nothing of it is trusted.
import { inflateRawSync } from 'node:zlib'

/** What a file may become when unpacked: a few kilobytes can claim to be gigabytes. */
const MAX_UNPACKED = 32 * 1024 * 1024

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
  return [...xml.matchAll(/<si>(.*?)<\/si>|<si\/>/gs)].map(([, inner]) => textOf(inner ?? ''))
}

/** The texts of a run of elements, without phonetic readings. */
function textOf(xml: string): string {
  return [...xml.replaceAll(/<rPh\b.*?<\/rPh>/gs, '').matchAll(/<t(?:\s[^>]*)?>(.*?)<\/t>/gs)].map(([, text]) => unescapeXml(text ?? '')).join('')
}

function readSheet(xml: string, shared: readonly string[], maxRows: number): string[][] {
  const rows: string[][] = []
  for (const [, inner] of xml.matchAll(/<row\b[^>]*?(?:\/>|>(.*?)<\/row>)/gs)) {
    if (rows.length >= maxRows) break
    const cells: string[] = []
    for (const [, attributes = '', content = ''] of (inner ?? '').matchAll(/<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const column = /\br="([A-Z]{1,3})\d+"/.exec(attributes)?.[1]
      const index = column ? columnIndex(column) : cells.length
      if (index > 100) continue
      while (cells.length < index) cells.push('')
      cells[index] = cellText(attributes, content, shared)
    }
    rows.push(cells)
  }
  return rows
}

function cellText(attributes: string, content: string, shared: readonly string[]): string {
  const kind = /\bt="(\w+)"/.exec(attributes)?.[1]
  if (kind === 'inlineStr') return textOf(content)
  const value = unescapeXml(/<v>(.*?)<\/v>/s.exec(content)?.[1] ?? '')
  return kind === 's' ? (shared[Number(value)] ?? '') : value
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
