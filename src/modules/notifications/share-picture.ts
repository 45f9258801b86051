// The picture that other sites show for an event: a ticket with its title, day and place, and its cover on the stub. 1200 × 630, JPEG.
// Texts are drawn as outlines of the fonts we ship: what turns SVG into pixels knows only fonts of the machine, which may have none.
import type { Font } from 'fontkit'
import sharp, { type OverlayOptions } from 'sharp'
import type { Locale } from '#src/kernel/actor.ts'
import { messages } from '#src/locales/locale.ts'
import { findImage } from '#src/modules/events/cover-image.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { App } from '#src/platform/app.ts'
import { loadFonts } from '#src/platform/fonts.ts'
import { spanText } from './event-time.ts'

export const SHARE_PICTURE = { width: 1200, height: 630 }

type SharedEvent = Pick<Event, 'title' | 'startsAt' | 'endsAt' | 'timezone' | 'venue' | 'city' | 'cover'>

// The ticket on its ground; the fold parts words from picture.
const CARD = { left: 48, top: 48, right: 1152, bottom: 582, fold: 772, radius: 28, notch: 24 }
const TEXT = { left: 96, width: CARD.fold - 96 - 44 }
const PAPER = '#fdfbf7'
const INK = '#1c1b2b'
const SOFT = '#55526b'
const LATERITE = '#b04a2a'
const INDIGO = { r: 43, g: 47, b: 107 }

/** Draws it: some 60 ms of another thread. */
export async function sharePicture(app: Pick<App, 'files'>, event: SharedEvent, locale: Locale): Promise<Buffer> {
  const cover = await loadCover(app, event)
  const ground = cover ? mixed((await sharp(cover).stats()).dominant) : INDIGO
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${SHARE_PICTURE.width}" height="${SHARE_PICTURE.height}">
    <path d="${cardPath()}" fill="${PAPER}"/>${words(event, locale)}${cover ? '' : bigDay(event, locale)}
    <path d="M${CARD.fold} ${CARD.top + CARD.notch + 12}V${CARD.bottom - CARD.notch - 12}" stroke="${cover ? PAPER : '#cfc8bb'}" stroke-width="4" stroke-dasharray="12 12"/></svg>`)
  const layers: OverlayOptions[] = [{ input: svg, left: 0, top: 0 }]
  if (cover) layers.push({ input: await stub(cover), left: CARD.fold, top: CARD.top })
  return sharp({ create: { ...SHARE_PICTURE, channels: 3, background: ground } })
    .composite(layers)
    .jpeg({ quality: 82, mozjpeg: true })
    .toBuffer()
}

async function loadCover(app: Pick<App, 'files'>, { cover }: SharedEvent): Promise<Buffer | null> {
  return cover && findImage(app, cover.id, cover.widths.find((width) => width >= 800) ?? cover.widths.at(-1)!, 'webp')
}

/** The cover's colour, deep enough for the card to stand out. */
function mixed(colour: { r: number; g: number; b: number }): { r: number; g: number; b: number } {
  const mix = (part: 'r' | 'g' | 'b') => Math.round(colour[part] * 0.45 + INDIGO[part] * 0.35)
  return { r: mix('r'), g: mix('g'), b: mix('b') }
}

function cardPath(): string {
  const { left, top, right, bottom, fold, radius: r, notch: n } = CARD
  return (
    `M${left + r} ${top}H${fold - n}A${n} ${n} 0 0 0 ${fold + n} ${top}H${right - r}A${r} ${r} 0 0 1 ${right} ${top + r}V${bottom - r}A${r} ${r} 0 0 1 ${right - r} ${bottom}` +
    `H${fold + n}A${n} ${n} 0 0 0 ${fold - n} ${bottom}H${left + r}A${r} ${r} 0 0 1 ${left} ${bottom - r}V${top + r}A${r} ${r} 0 0 1 ${left + r} ${top}Z`
  )
}

/** The cover, cut to the stub with its notches. */
function stub(cover: Buffer): Promise<Buffer> {
  const [width, height] = [CARD.right - CARD.fold, CARD.bottom - CARD.top]
  const shape = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path transform="translate(${-CARD.fold} ${-CARD.top})" d="${cardPath()}"/></svg>`
  return sharp(cover)
    .resize(width, height, { fit: 'cover', position: 'attention' })
    .ensureAlpha()
    .composite([{ input: Buffer.from(shape), blend: 'dest-in' }])
    .png()
    .toBuffer()
}

function words(event: SharedEvent, locale: Locale): string {
  const { regular, bold } = loadFonts()
  const place = [event.venue, event.city].filter(Boolean).join(', ')
  const size = [76, 64, 54, 46].find((s) => wrap(bold, event.title, s, TEXT.width).length <= 3) ?? 46
  const title = clip(bold, wrap(bold, event.title, size, TEXT.width), 3, size, TEXT.width)
  const when = clip(bold, wrap(bold, spanText(event, locale), 32, TEXT.width), 2, 32, TEXT.width)
  const where = clip(regular, wrap(regular, place, 32, TEXT.width), 1, 32, TEXT.width)
  let y = 116
  const parts = [outline(bold, messages(locale).common.brand, TEXT.left, y, 30, LATERITE)]
  y += 40
  for (const line of title) parts.push(outline(bold, line, TEXT.left, (y += size * 1.14), size, INK))
  // Day and place stand at the foot, whatever the title took.
  y = CARD.bottom - 44 - (when.length + where.length - 1) * 44
  for (const line of when) {
    parts.push(outline(bold, line, TEXT.left, y, 32, INK))
    y += 44
  }
  for (const line of where) {
    parts.push(outline(regular, line, TEXT.left, y, 32, SOFT))
    y += 44
  }
  return parts.join('')
}

/** Stands in for a cover: the day, large, as on a calendar. */
function bigDay({ startsAt, timezone }: SharedEvent, locale: Locale): string {
  const { bold } = loadFonts()
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone: timezone }).format(startsAt)
  const middle = (CARD.fold + CARD.right) / 2
  const centred = (text: string, y: number, size: number, colour: string) =>
    outline(bold, text, middle - widthOf(bold, text, size) / 2, y, size, colour)
  return (
    centred(part({ weekday: 'long' }), 214, 40, SOFT) +
    centred(part({ day: 'numeric' }), 388, 190, LATERITE) +
    centred(part({ month: 'long' }), 462, 44, INK)
  )
}

/** Letters that the font has, composed: emoji and scripts that it lacks would be boxes. */
function drawable(font: Font, text: string): string {
  return [...text.normalize('NFC')]
    .map((letter) => (/\s/.test(letter) ? ' ' : letter))
    .filter((letter) => font.hasGlyphForCodePoint(letter.codePointAt(0)!))
    .join('')
    .replaceAll(/ +/g, ' ')
    .trim()
}

/** Letter by letter: laying out whole lines, again and again while they are broken, would take a second for the longest titles. */
function widthOf(font: Font, text: string, size: number): number {
  let units = 0
  for (const letter of text) units += font.glyphForCodePoint(letter.codePointAt(0)!).advanceWidth
  return (units * size) / font.unitsPerEm
}

/** Lines no wider than `width`; a word wider than that alone is broken. */
function wrap(font: Font, text: string, size: number, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of drawable(font, text).split(' ')) {
    if (line && widthOf(font, `${line} ${word}`, size) <= width) {
      line += ` ${word}`
      continue
    }
    if (line) lines.push(line)
    while (widthOf(font, word, size) > width) {
      let fits = 0
      for (let used = 0; fits < word.length; fits++) {
        used += widthOf(font, word[fits]!, size)
        if (used > width) break
      }
      lines.push(word.slice(0, fits))
      word = word.slice(fits)
    }
    line = word
  }
  return line ? [...lines, line] : lines
}

/** The first lines, the last of them ending in `…` where something is left out. */
function clip(font: Font, lines: string[], most: number, size: number, width: number): string[] {
  if (lines.length <= most) return lines
  let last = `${lines[most - 1]} ${lines[most]}`
  while (last && widthOf(font, `${last}…`, size) > width) last = last.slice(0, -1).trimEnd()
  return [...lines.slice(0, most - 1), `${last}…`]
}

/** One line as a path, its baseline at `y`. */
function outline(font: Font, text: string, x: number, y: number, size: number, colour: string): string {
  const scale = size / font.unitsPerEm
  const run = font.layout(drawable(font, text))
  let pen = 0
  const glyphs = run.glyphs.map((glyph, index) => {
    const position = run.positions[index]!
    const at = `translate(${pen + position.xOffset} ${position.yOffset})`
    pen += position.xAdvance
    return `<path transform="${at}" d="${glyph.path.toSVG()}"/>`
  })
  return `<g fill="${colour}" transform="translate(${x} ${y}) scale(${scale} ${-scale})">${glyphs.join('')}</g>`
}
