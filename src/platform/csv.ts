// Tables as CSV, streamed: what spreadsheets open without asking, and take no formula from.
import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { Cell } from './xlsx.ts'

/** UTF-8 with a byte order mark (spreadsheets guess wrong without), RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe. */
export function csvStream(pages: AsyncIterable<readonly (readonly Cell[])[]>, columns: readonly string[]): Readable {
  const out = stringify({
    bom: true,
    header: true,
    columns: [...columns],
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    escape_formulas: true,
  })
  // What goes wrong while reading ends the download, which is how its reader learns of it.
  return pipeline(Readable.from(rowsOf(pages)), out, () => {})
}

async function* rowsOf(pages: AsyncIterable<readonly (readonly Cell[])[]>): AsyncGenerator<string[]> {
  for await (const page of pages) for (const row of page) yield row.map(plainText)
}

function plainText(cell: Cell): string {
  if (cell === null || typeof cell === 'string') return cell ?? ''
  return cell.kind === 'time' ? cell.local.replace('T', ' ') : cell.value.toFixed(cell.digits ?? 0)
}
