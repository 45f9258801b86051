// What a service worker has and TypeScript's DOM types lack; and what our server tells this one.

export type ExtendableEvent = Event & { waitUntil(work: Promise<unknown>): void }

export type FetchEvent = ExtendableEvent & {
  readonly request: Request
  /** The answer to a navigation that the browser asked for while it was still starting the worker. */
  readonly preloadResponse?: Promise<Response | undefined>
  respondWith(answer: Promise<Response>): void
}

type Scope = {
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void
  skipWaiting(): Promise<void>
  readonly registration: ServiceWorkerRegistration
  readonly location: { readonly origin: string }
  readonly clients: { claim(): Promise<void>; matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly { url: string }[]> }
}

export const worker = self as unknown as Scope

/**
 * What the worker itself puts into pages. `copy`: the line over a kept copy, with `{time}`. `item`: the HTML of one entry of the list, with
 * `{path}`, `{forget}`, `{title}`, `{when}` and `{time}`.
 */
export type Language = { page: string; copy: string; item: string }

export type Shell = {
  version: string
  /** What must be on the phone before the network goes: the offline pages, the style sheet, the scripts. */
  files: readonly string[]
  /** By language, the offline page's address among it. The first is for people whose language nobody knows. */
  languages: Readonly<Record<string, Language>>
}

declare const GUICHET_SHELL: Shell

/** Written into the script by the server (src/web/public/kept-pages.tsx), so that a new release is a new worker. */
export const shell: Shell = GUICHET_SHELL
