// The fonts we ship, for what is drawn on the server: PDFs and pictures. Where we run there may be none at all.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'

const require = createRequire(import.meta.url)
const fontFile = (weight: string) => require.resolve(`@expo-google-fonts/noto-sans/${weight}/NotoSans_${weight}.ttf`)
let fonts: { regular: Font; bold: Font } | undefined

/** Parsed once per process: parsing for each document makes a PDF four times slower. */
export function loadFonts(): { regular: Font; bold: Font } {
  return (fonts ??= { regular: create(readFileSync(fontFile('400Regular'))) as Font, bold: create(readFileSync(fontFile('700Bold'))) as Font })
}
