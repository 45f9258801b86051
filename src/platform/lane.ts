// Gathers concurrent calls into batches. Idle: send now. Busy: queue; when the running batch is done, send all that queued.
// There is no timer: a lone caller never waits, and a crowd forms full batches by itself.
import { DomainError, kernelError } from '#src/kernel/domain-error.ts'
import { isConnectionLost, isRaceLost, toDomainError } from './db.ts'

export type LaneOptions<In, Out> = {
  /** Answers each item of the batch, in order. Must be safe to call again with the same items. */
  run(batch: readonly In[]): Promise<readonly Out[]>
  maxBatch?: number
  /** Beyond this many waiting, callers are refused with `busy` (503, retry). */
  maxQueued?: number
  /** Batches that may run at once. 1 wherever batches would wait for the same row. */
  concurrency?: number
  onBatch?(size: number): void
}

export type Lane<In, Out> = {
  (item: In): Promise<Out>
  readonly queued: number
  readonly idle: boolean
}

type Waiting<In, Out> = { item: In; resolve(answer: Out): void; reject(error: unknown): void }

/** Makes a lane. See ARCHITECTURE: selling. */
export function createLane<In, Out>(options: LaneOptions<In, Out>): Lane<In, Out> {
  const { run, maxBatch = 256, maxQueued = 4096, concurrency = 1 } = options
  const queue: Waiting<In, Out>[] = []
  let running = 0

  const next = () => {
    while (running < concurrency && queue.length > 0) {
      const batch = queue.splice(0, maxBatch)
      running++
      options.onBatch?.(batch.length)
      void send(batch, true).finally(() => {
        running--
        next()
      })
    }
  }

  const send = async (batch: readonly Waiting<In, Out>[], mayResend: boolean): Promise<void> => {
    try {
      const answers = await run(batch.map((w) => w.item))
      batch.forEach((w, i) => w.resolve(answers[i]!))
    } catch (error) {
      // Done or not, nobody knows, or surely not done: the same keys are sent again, once, on another connection.
      if (mayResend && (isConnectionLost(error) || isRaceLost(error))) return send(batch, false)
      // A lock that nobody lets go, a database that is away: parts of the batch would wait as long, one after another, and in vain.
      const refusal = toDomainError(error)
      if (refusal instanceof DomainError && refusal.kind === 'unavailable') return batch.forEach((w) => w.reject(refusal))
      // One bad item must not fail its neighbours.
      if (batch.length === 1) return batch[0]!.reject(refusal)
      const half = batch.length >> 1
      await send(batch.slice(0, half), mayResend)
      await send(batch.slice(half), mayResend)
    }
  }

  const lane = (item: In) =>
    new Promise<Out>((resolve, reject) => {
      if (queue.length >= maxQueued) return reject(kernelError('busy', { retryAfter: 1 }))
      queue.push({ item, resolve, reject })
      next()
    })
  return Object.defineProperties(lane, {
    queued: { get: () => queue.length },
    idle: { get: () => running === 0 && queue.length === 0 },
  }) as Lane<In, Out>
}
