// What a process remembers for a moment of what the database says, so that a rush asks once and not once per person.

export type Memory<Key, Value> = {
  /**
   * The value, where it was asked for lately; otherwise what `load` finds. Whoever asks while it is being loaded gets the same answer.
   * What isn't there (undefined) and what failed is not remembered.
   * @param load given the former value where there is one, however old
   */
  get(key: Key, load: (former: Value | undefined) => Promise<Value | undefined>): Promise<Value | undefined>
  /** What was loaded lately, at once; undefined where somebody has to ask. */
  recent(key: Key): Value | undefined
  forget(key: Key): void
}

type Kept<Value> = { at: number; found: Value | undefined; answer: Promise<Value | undefined> }

/** @param options `keptMs`: how old an answer may be, in milliseconds; `max`: how many are kept, the oldest given up first */
export function createMemory<Key, Value>(options: { keptMs: number; max: number }): Memory<Key, Value> {
  const kept = new Map<Key, Kept<Value>>()
  return {
    get(key, load) {
      const known = kept.get(key)
      if (known && performance.now() - known.at < options.keptMs) return known.answer
      const entry: Kept<Value> = { at: performance.now(), found: known?.found, answer: load(known?.found) }
      if (!known && kept.size >= options.max) kept.delete(kept.keys().next().value!)
      kept.set(key, entry)
      const drop = () => {
        if (kept.get(key) === entry) kept.delete(key)
      }
      entry.answer.then((value) => {
        entry.found = value
        if (value === undefined) drop()
      }, drop)
      return entry.answer
    },
    recent(key) {
      const known = kept.get(key)
      return known && performance.now() - known.at < options.keptMs ? known.found : undefined
    },
    forget: (key) => {
      kept.delete(key)
    },
  }
}
