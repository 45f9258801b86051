// A QR text as modules, as SVG and as PNG. Error correction M, four quiet modules, whole pixels: what scanners read best.
import sharp from 'sharp'
import { encode } from 'uqr'

/** Empty modules around the symbol. */
export const QUIET = 4
const PIXELS_PER_MODULE = 10

/** The symbol without its quiet zone; `rows[y][x]` is true for dark. */
export function qrModules(text: string): { size: number; rows: boolean[][] } {
  // Trying all masks costs ten times as much, and signed texts look random already: any mask suits them.
  const { size, data } = encode(text, { ecc: 'M', border: 0, maskPattern: 2, boostEcc: false })
  return { size, rows: data }
}

/** Runs of dark modules: one rectangle each instead of one per module. */
export function darkRuns(rows: readonly (readonly boolean[])[]): { x: number; y: number; width: number }[] {
  return rows.flatMap((row, y) => {
    const runs: { x: number; y: number; width: number }[] = []
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue
      const from = x
      while (row[x + 1]) x++
      runs.push({ x: from, y, width: x - from + 1 })
    }
    return runs
  })
}

/** Black on white whatever the page's colours, one unit per module. @param label what a screen reader says */
export function qrSvg(text: string, label: string): string {
  const { size, rows } = qrModules(text)
  const side = size + 2 * QUIET
  const path = darkRuns(rows)
    .map(({ x, y, width }) => `M${x + QUIET} ${y + QUIET}h${width}v1h-${width}z`)
    .join('')
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="${escapeAttribute(label)}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>`
  )
}

/** Ten pixels per module: 450 × 450 for TK1. */
export async function qrPng(text: string): Promise<Buffer> {
  const { size, rows } = qrModules(text)
  const side = (size + 2 * QUIET) * PIXELS_PER_MODULE
  const pixels = Buffer.alloc(side * side, 255)
  for (const { x, y, width } of darkRuns(rows)) {
    const left = (x + QUIET) * PIXELS_PER_MODULE
    for (let line = 0; line < PIXELS_PER_MODULE; line++) {
      const start = ((y + QUIET) * PIXELS_PER_MODULE + line) * side + left
      pixels.fill(0, start, start + width * PIXELS_PER_MODULE)
    }
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png({ palette: true, colours: 2 })
    .toBuffer()
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
