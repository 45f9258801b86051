// A verdict for the ear and the hand: high and short for yes, low and long for no.

let audio: AudioContext | undefined

const TONES: Readonly<Record<string, { hertz: number; seconds: number; buzz: number[] }>> = {
  info: { hertz: 660, seconds: 0.08, buzz: [30] },
  good: { hertz: 990, seconds: 0.14, buzz: [60] },
  warn: { hertz: 330, seconds: 0.3, buzz: [80, 60, 80] },
  bad: { hertz: 180, seconds: 0.5, buzz: [200, 80, 200] },
}

/** Phones play nothing before a first tap, and then only in a voice that was opened during one. */
export function unlockSound(): void {
  try {
    audio ??= new AudioContext()
    void audio.resume()
  } catch {
    // No sound on this device: colour, sign and word remain.
  }
}

/** Plays what belongs to a verdict's tone; muted, the hand still feels it. Browsers stay silent before the first tap; that is no error. */
export function playTone(tone: string, { muted = false } = {}): void {
  const sound = TONES[tone]
  if (!sound) return
  navigator.vibrate?.(sound.buzz)
  if (muted) return
  try {
    audio ??= new AudioContext()
    const oscillator = audio.createOscillator()
    const volume = audio.createGain()
    oscillator.frequency.value = sound.hertz
    volume.gain.setValueAtTime(0.25, audio.currentTime)
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + sound.seconds)
    oscillator.connect(volume).connect(audio.destination)
    oscillator.start()
    oscillator.stop(audio.currentTime + sound.seconds)
  } catch {
    // No sound on this device: colour, sign and word remain.
  }
}
