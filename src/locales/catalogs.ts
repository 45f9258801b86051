// The languages we speak: another one is one more file and one more line here. CONTRIBUTING.md says how.
import { en } from './en.ts'
import { fr } from './fr.ts'

/** Every sentence that people read. What a language lacks does not compile. */
export type Catalog = typeof fr

export const catalogs = { fr, en } satisfies Record<string, Catalog>

declare module '#src/kernel/actor.ts' {
  interface Languages extends Record<keyof typeof catalogs, Catalog> {}
}
