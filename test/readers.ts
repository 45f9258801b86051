// What the outside world makes of our files: an independent PDF engine and QR decoders.
import { PDFiumLibrary } from '@hyzyla/pdfium'
import jsQR from 'jsqr'
import sharp from 'sharp'

// The package is CommonJS with its function under `default`, which types and bundlers see differently.
const decode = (typeof jsQR === 'function' ? jsQR : (jsQR as unknown as { default: unknown }).default) as typeof jsQR.default

export type ReadPage = {
  text: string
  image: { data: Uint8ClampedArray; width: number; height: number }
  sizeInPoints: { width: number; height: number }
}

/** The PDF's pages as PDFium, the engine inside Chrome, sees them: their text, and their pixels at `dpi`. */
export async function readPdf(pdf: Buffer, dpi = 150): Promise<ReadPage[]> {
  const library = await PDFiumLibrary.init()
  try {
    const document = await library.loadDocument(pdf)
    const pages: ReadPage[] = []
    for (const page of document.pages()) {
      const { originalWidth: width, originalHeight: height } = page.getOriginalSize()
      // Text first: after rendering, the engine no longer gives it.
      const text = page.getText()
      const image = await page.render({ scale: dpi / 72, render: 'bitmap' })
      pages.push({
        text,
        image: { data: new Uint8ClampedArray(image.data), width: image.width, height: image.height },
        sizeInPoints: { width, height },
      })
    }
    document.destroy()
    return pages
  } finally {
    library.destroy()
  }
}

/** The text of the QR code in an image of four bytes a pixel; null where none is found. */
export function readQr(image: { data: Uint8ClampedArray; width: number; height: number }): string | null {
  return decode(image.data, image.width, image.height)?.data ?? null
}

/** The text of the QR code in a PNG, a WebP or an SVG. */
export async function readQrFile(file: Buffer, options: { density?: number } = {}): Promise<string | null> {
  const { data, info } = await sharp(file, options).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return readQr({ data: new Uint8ClampedArray(data), width: info.width, height: info.height })
}
