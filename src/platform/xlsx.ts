// Spreadsheets (Office Open XML) written row by row, however long the table: only a page of it is ever in memory.
// Texts are inline strings, so no cell can become a formula.
import { Readable } from 'node:stream'
import { once } from 'node:events'
import { ZipFile } from 'yazl'

export type Cell =
  | string
  | null
  | { kind: 'number'; value: number; /** Digits after the point. */ digits?: 0 | 2 | 3 }
  /** `local`: what the clock on the wall showed, `2026-11-21T20:00`; a spreadsheet knows no time zones. */
  | { kind: 'time'; local: string }

export type SheetOptions = {
  name: string
  columns: readonly { label: string; /** Characters. */ width: number }[]
  /** What a sheet takes before the next begins. */
  maxRows?: number
}

const MAX_ROWS = 1_048_575
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
/** Positions in the style table below. */
const STYLE = { bold: 1, time: 2, 0: 3, 2: 4, 3: 5 } as const

/**
 * The workbook as a stream. A table longer than a sheet may be goes on in a second one.
 * @param pages the rows, some at a time; a failure of theirs ends the stream with their error
 */
export function xlsxStream(pages: AsyncIterable<readonly (readonly Cell[])[]>, options: SheetOptions): Readable {
  const zip = new ZipFile()
  const out = zip.outputStream as Readable
  writeWorkbook(zip, pages, options).catch((error: unknown) => out.destroy(error as Error))
  return out
}

async function writeWorkbook(zip: ZipFile, pages: AsyncIterable<readonly (readonly Cell[])[]>, options: SheetOptions): Promise<void> {
  const source = rowsOf(pages)
  let next = await source.next()
  let sheets = 0
  do {
    const sheet = Readable.from(
      sheetXml(source, next, options, (row) => {
        next = row
      }),
      { objectMode: false },
    )
    zip.addReadStream(sheet, `xl/worksheets/sheet${++sheets}.xml`)
    await once(sheet, 'end')
  } while (!next.done)
  for (const [path, text] of Object.entries(packageFiles(sheets, options.name))) zip.addBuffer(Buffer.from(DECLARATION + text), path)
  zip.end()
}

async function* rowsOf(pages: AsyncIterable<readonly (readonly Cell[])[]>): AsyncGenerator<readonly Cell[], undefined> {
  for await (const page of pages) yield* page
}

async function* sheetXml(
  source: AsyncGenerator<readonly Cell[], undefined>,
  first: IteratorResult<readonly Cell[], undefined>,
  { columns, maxRows = MAX_ROWS }: SheetOptions,
  leave: (next: IteratorResult<readonly Cell[], undefined>) => void,
): AsyncGenerator<string> {
  const widths = columns.map((column, index) => `<col min="${index + 1}" max="${index + 1}" width="${column.width}" customWidth="1"/>`).join('')
  let text =
    `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols>${widths}</cols><sheetData>${rowXml(
      columns.map((column) => column.label),
      1,
      STYLE.bold,
    )}`
  let next = first
  for (let count = 0; !next.done && count < maxRows; count++) {
    text += rowXml(next.value, count + 2)
    if (text.length > 65_536) {
      yield text
      text = ''
    }
    next = await source.next()
  }
  leave(next)
  yield `${text}</sheetData></worksheet>`
}

/** @param number counted from 1; cells say where they stand, since not every program counts along */
function rowXml(cells: readonly Cell[], number: number, style = 0): string {
  return `<row r="${number}">${cells.map((cell, index) => cellXml(cell, `r="${columnName(index)}${number}"`, style)).join('')}</row>`
}

function cellXml(cell: Cell, place: string, style: number): string {
  if (cell === null || cell === '') return ''
  if (typeof cell === 'string')
    return `<c ${place} t="inlineStr"${style ? ` s="${style}"` : ''}><is><t xml:space="preserve">${textXml(cell)}</t></is></c>`
  if (cell.kind === 'time') return `<c ${place} s="${STYLE.time}"><v>${serialOf(cell.local)}</v></c>`
  return `<c ${place} s="${STYLE[cell.digits ?? 0]}"><v>${cell.value}</v></c>`
}

/** 0 → A, 25 → Z, 26 → AA. */
function columnName(index: number): string {
  return (index >= 26 ? columnName(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
}

/** Text as XML 1.0 may hold it, and short enough for a cell; `_x000D_` would otherwise be read as the character it names. */
function textXml(text: string): string {
  return text
    .slice(0, 32_767)
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** Days since the spreadsheet's year zero, 1899-12-30. */
function serialOf(local: string): number {
  return (Date.parse(`${local}Z`) - Date.UTC(1899, 11, 30)) / 86_400_000
}

function packageFiles(sheets: number, name: string): Record<string, string> {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1)
  const sheetName = (n: number) =>
    textXml((n === 1 ? name : `${name.slice(0, 27)} ${n}`).replaceAll(/[[\]:*?/\\]/g, ' ').slice(0, 31)).replaceAll('"', '&quot;')
  return {
    '[Content_Types].xml':
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${numbers.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`).join('')}</Types>`,
    '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}/relationships"><sheets>${numbers.map((n) => `<sheet name="${sheetName(n)}" sheetId="${n}" r:id="rId${n}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      `<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/relationships/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}` +
      `<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/relationships/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml':
      `<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="165" formatCode="#,##0.000"/></numFmts>` +
      '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>' +
      '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/>' +
      '<xf numFmtId="3" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>',
  }
}
