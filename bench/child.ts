// What a benchmark may ask of a process that it started: how much processor time it has taken so far, and to end.

/** Answers the benchmark until it wants the process to end. */
export function obey(stop: () => Promise<unknown>): void {
  process.on('message', (wish) => {
    if (wish === 'stop') void stop().then(() => process.exit(0))
    if (wish === 'cpu') process.send!(process.cpuUsage())
  })
}
