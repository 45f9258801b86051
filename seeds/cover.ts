// Covers drawn by us: each event wears a cloth of its own, in laterite, indigo, palm and ochre. Deterministic: one name, one cloth.
import sharp from 'sharp'
import type { EncodedImage } from '#src/modules/events/cover-image.ts'

export type Cloth = 'shells' | 'bogolan' | 'kente' | 'lozenges' | 'waves' | 'suns' | 'steps' | 'drums'

type Palette = readonly [ground: string, first: string, second: string, third: string]

const PALETTES = {
  laterite: ['#8f3a22', '#f2d7a8', '#2b2a5e', '#d98a3d'],
  indigo: ['#23265c', '#e9e2cf', '#c2552f', '#7c86c9'],
  palm: ['#1f5a45', '#f0e3bd', '#d9a23a', '#163a2e'],
  ochre: ['#c9822b', '#2a2350', '#fbf0d9', '#8f3a22'],
  night: ['#15163a', '#e8b04a', '#c2552f', '#4a53a8'],
  clay: ['#ead7b7', '#7d2f1d', '#23265c', '#b9652f'],
} as const satisfies Record<string, Palette>
export type PaletteName = keyof typeof PALETTES

const WIDTH = 960
const HEIGHT = 540

/** The picture in the sizes and formats of an upload, encoded with less effort: a first start must not take a minute. */
export async function drawCover(cloth: Cloth, palette: PaletteName, turn: number): Promise<EncodedImage> {
  // Rendered once: clones of the drawing would each render it anew.
  const { data, info } = await sharp(Buffer.from(svgOf(cloth, PALETTES[palette], turn)))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const drawn = sharp(data, { raw: info })
  const variants = await Promise.all(
    [480, 720, WIDTH].flatMap((width) => {
      const sized = drawn.clone().resize({ width })
      return [
        sized
          .clone()
          .avif({ quality: 40, effort: 0, chromaSubsampling: '4:2:0' })
          .toBuffer()
          .then((bytes) => ({ width, format: 'avif' as const, bytes })),
        sized
          .clone()
          .webp({ quality: 75, effort: 2 })
          .toBuffer()
          .then((bytes) => ({ width, format: 'webp' as const, bytes })),
      ]
    }),
  )
  return { width: WIDTH, height: HEIGHT, variants }
}

function svgOf(cloth: Cloth, palette: Palette, turn: number): string {
  const tile = TILES[cloth]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
  <defs><pattern id="cloth" width="${tile.size}" height="${tile.size}" patternUnits="userSpaceOnUse" patternTransform="rotate(${turn}) scale(1.15)">
    <rect width="${tile.size}" height="${tile.size}" fill="${palette[0]}"/>${tile.draw(palette)}</pattern></defs>
  <rect width="100%" height="100%" fill="url(#cloth)"/>
  ${selvedge(palette)}
</svg>`
}

/** The woven edge along the foot of the cloth. */
function selvedge([ground, first, second, third]: Palette): string {
  const threads = Array.from(
    { length: 32 },
    (_, i) => `<rect x="${i * 30}" y="500" width="${i % 3 === 0 ? 20 : 10}" height="40" fill="${[second, third, ground][i % 3]}"/>`,
  )
  return `<rect y="492" width="${WIDTH}" height="48" fill="${first}"/>${threads.join('')}`
}

const TILES: Record<Cloth, { size: number; draw(palette: Palette): string }> = {
  shells: {
    size: 120,
    draw: ([, a, b, c]) =>
      [52, 40, 28, 16]
        .map((r, i) =>
          [
            [60, 60],
            [0, 0],
            [120, 0],
            [0, 120],
            [120, 120],
          ]
            .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${[a, b, c, a][i]}"/>`)
            .join(''),
        )
        .join(''),
  },
  bogolan: {
    size: 96,
    draw: ([, a, b]) => `
    <path d="M0 24 24 0 48 24 72 0 96 24" fill="none" stroke="${a}" stroke-width="7"/><path d="M0 48 24 24 48 48 72 24 96 48" fill="none" stroke="${b}" stroke-width="7"/>
    ${[12, 36, 60, 84].map((x) => `<path d="M${x} 62v22M${x - 8} 73h16" stroke="${a}" stroke-width="5"/>`).join('')}`,
  },
  kente: {
    size: 160,
    draw: ([, a, b, c]) => `
    <rect width="80" height="80" fill="${b}"/><rect x="80" y="80" width="80" height="80" fill="${b}"/>
    ${[8, 28, 48, 68]
      .map(
        (o) => `<rect y="${o}" width="80" height="9" fill="${a}"/><rect x="${80 + o}" width="9" height="80" fill="${c}"/>
      <rect x="80" y="${80 + o}" width="80" height="9" fill="${a}"/><rect x="${o}" y="80" width="9" height="80" fill="${c}"/>`,
      )
      .join('')}`,
  },
  lozenges: {
    size: 100,
    draw: ([, a, b, c]) => `
    <path d="M50 4 96 50 50 96 4 50Z" fill="${a}"/><path d="M50 22 78 50 50 78 22 50Z" fill="${b}"/><path d="M50 38 62 50 50 62 38 50Z" fill="${c}"/>
    ${[
      [0, 0],
      [100, 0],
      [0, 100],
      [100, 100],
    ]
      .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="12" fill="${c}"/>`)
      .join('')}`,
  },
  waves: {
    size: 120,
    draw: ([, a, b, c]) =>
      [-20, 20, 60, 100]
        .map(
          (y, i) => `<path d="M-30 ${y + 20}q30 -34 60 0t60 0t60 0" fill="none" stroke="${[c, a, b, c][i]}" stroke-width="13"/>
    <path d="M-30 ${y + 34}q30 -34 60 0t60 0t60 0" fill="none" stroke="${a}" stroke-width="2"/>`,
        )
        .join(''),
  },
  suns: {
    size: 140,
    draw: ([
      ,
      a,
      b,
      c,
    ]) => `${Array.from({ length: 16 }, (_, i) => `<path d="M70 70 66 8h8Z" fill="${i % 2 ? a : c}" transform="rotate(${i * 22.5} 70 70)"/>`).join('')}
    <circle cx="70" cy="70" r="30" fill="${b}"/><circle cx="70" cy="70" r="16" fill="${a}"/>`,
  },
  steps: {
    size: 120,
    draw: ([, a, b, c]) =>
      [0, 1, 2, 3]
        .map(
          (i) => `<path d="M${60 - i * 15} 0h${i * 30}v15h15v15h15v15h-15v15h-15v15h-${i * 30}v-15h-15v-15h-15v-15h15v-15h15Z"
    transform="translate(0 ${i * 2})" fill="${[c, a, b, c][3 - i]}" opacity="${i === 3 ? 0.35 : 1}"/>`,
        )
        .reverse()
        .join(''),
  },
  drums: {
    size: 110,
    draw: ([, a, b, c]) => `
    <path d="M25 15h60L70 55l15 40H25l15-40Z" fill="${a}"/><path d="M25 15h60l-5 12H30ZM30 83h50l5 12H25Z" fill="${b}"/><circle cx="55" cy="55" r="8" fill="${c}"/>
    <path d="M0 55h22M88 55h22" stroke="${c}" stroke-width="6"/>`,
  },
}
