// How a process ends: the first signal lets it finish, the second does not.

/** What people wait at most for requests and jobs under way, in milliseconds. */
const PATIENCE = 10_000
/** npm passes on the Ctrl-C that the terminal has already sent to us: two signals this close are one wish. */
const SAME_WISH = 500

/** Stops on SIGTERM and SIGINT, then exits: 0 when all ended well, 1 when it didn't in time. */
export function stopOnSignals(stop: () => Promise<void>, say: (line: string) => void): void {
  let askedAt: number | undefined
  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > SAME_WISH) process.exit(signal === 'SIGINT' ? 130 : 143)
      return
    }
    askedAt = performance.now()
    say('Finishing what was begun… (once more to stop at once)')
    setTimeout(() => {
      say(`Not finished after ${PATIENCE / 1000} seconds: stopping anyway. Whatever was answered is safe.`)
      process.exit(1)
    }, PATIENCE).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        say(`Stopping failed: ${error instanceof Error ? error.message : String(error)}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
