// From a picture to the text of a QR code: the phone's own reader where it has one, else ZXing from our own server, in a worker.

export type Decoder = { read(video: HTMLVideoElement): Promise<string | null>; close(): void }

type NativeDetector = { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> }
type NativeDetectorClass = { new (options: { formats: string[] }): NativeDetector; getSupportedFormats(): Promise<string[]> }

export async function createDecoder(): Promise<Decoder> {
  const Detector = (globalThis as { BarcodeDetector?: NativeDetectorClass }).BarcodeDetector
  // Some desktops have the class and no formats.
  const formats = (await Detector?.getSupportedFormats().catch(() => [])) ?? []
  return Detector && formats.includes('qr_code') ? nativeDecoder(new Detector({ formats: ['qr_code'] })) : workerDecoder()
}

function nativeDecoder(detector: NativeDetector): Decoder {
  return { read: async (video) => (await detector.detect(video))[0]?.rawValue ?? null, close: () => {} }
}

/** Longest side of what is looked at: a TK1 code is read from 2.7 pixels per module. */
const LONGEST = 960
/** How much of the picture's short side the middle takes: where people hold the code. */
const MIDDLE = 0.8

function workerDecoder(): Decoder {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' })
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  let looks = 0
  return {
    read(video) {
      // In turn the middle, which is quick, and the whole, for codes at the edge.
      const picture = context && draw(canvas, context, video, looks++ % 2 === 0)
      if (!picture) return Promise.resolve(null)
      return new Promise((resolve, reject) => {
        worker.onmessage = (event: MessageEvent<string | null>) => resolve(event.data)
        worker.onerror = () => reject(new Error('the QR reader could not be started'))
        worker.postMessage(picture, [picture.data.buffer])
      })
    },
    close: () => worker.terminate(),
  }
}

function draw(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, video: HTMLVideoElement, middle: boolean): ImageData | null {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0 || videoHeight === 0) return null
  const side = Math.min(videoWidth, videoHeight) * MIDDLE
  const [width, height] = middle ? [side, side] : [videoWidth, videoHeight]
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  context.drawImage(video, (videoWidth - width) / 2, (videoHeight - height) / 2, width, height, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}
