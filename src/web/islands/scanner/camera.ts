// The camera's picture, and the QR texts in it.
import { createDecoder } from './decode-qr.ts'

export type Camera = {
  hasTorch: boolean
  setTorch(on: boolean): Promise<void>
  /** True once the phone has taken the picture away. */ isLost(): boolean
  close(): void
}

/** Between two looks: fast enough for a hand, slow enough for a cheap phone's battery. */
const PAUSE_MS = 60

/** Shows the back camera in `video` and tells every text that is read, the same one again and again. Throws where there is no camera for us. */
export async function openCamera(video: HTMLVideoElement, onText: (text: string) => void): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  })
  const decoder = await createDecoder()
  video.srcObject = stream
  await video.play()
  const track = stream.getVideoTracks()[0]
  let open = true

  const look = async () => {
    if (!open) return
    if (document.visibilityState === 'visible' && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      const text = await decoder.read(video).catch(() => null)
      if (text && open) onText(text)
    }
    setTimeout(() => void look(), PAUSE_MS)
  }
  void look()

  return {
    hasTorch: Boolean((track?.getCapabilities?.() as { torch?: boolean } | undefined)?.torch),
    async setTorch(on) {
      await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).catch(() => {})
    },
    isLost: () => track === undefined || track.readyState === 'ended',
    close() {
      open = false
      decoder.close()
      for (const each of stream.getTracks()) each.stop()
      video.srcObject = null
    },
  }
}
