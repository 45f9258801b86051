// A hand-held reader is a very fast keyboard: it types the QR's text and presses Enter, wherever the focus is.

/** Slower than this between two keys, somebody types. */
const FAST_MS = 150
/** Shorter than this is no ticket. */
const LEAST = 10

/** Tells every text that a reader types while the focus is in no field; in a field the text arrives there, and its form is sent. */
export function hearReader(onText: (text: string) => void): void {
  let text = ''
  let last = 0
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return
      if (event.timeStamp - last > FAST_MS) text = ''
      last = event.timeStamp
      if (event.key.length === 1) {
        text += event.key
        // In the middle of a text a space is a space, and presses no button.
        if (text.length > 1) event.preventDefault()
      } else if (event.key === 'Enter') {
        const read = text
        text = ''
        if (read.length < LEAST) return
        event.preventDefault()
        onText(read)
      }
    },
    { capture: true },
  )
}

const isField = (target: EventTarget | null) => target instanceof HTMLElement && target.matches('input:not([type="checkbox"]), select, textarea')
