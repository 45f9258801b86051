// A screen that goes dark between two guests costs more than its battery. Browsers that can't stay awake are no worse than before.

/** Keeps the screen on while the page is in front: a lock is lost whenever it isn't, so it is asked for again. */
export function keepAwake(): void {
  const ask = () => {
    if (document.visibilityState === 'visible') void navigator.wakeLock?.request('screen').catch(() => {})
  }
  ask()
  document.addEventListener('visibilitychange', ask)
}
