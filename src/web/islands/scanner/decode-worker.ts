// ZXing in a worker: a hard picture must not make the page stutter.
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'

// From our own server, never from a CDN: a venue's network may reach nothing else.
prepareZXingModule({ overrides: { locateFile: () => wasm } })

addEventListener('message', (event: MessageEvent<ImageData>) => {
  readBarcodes(event.data, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1 }).then(
    (found) => postMessage(found[0]?.text ?? null),
    () => postMessage(null),
  )
})
