// A part of a page that keeps itself current while somebody looks at it (src/web/islands/live-figures.ts asks, this answers).
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ComponentChildren, VNode } from 'preact'
import { createMemory } from '#src/platform/memory.ts'
import { asset } from '../ui/assets.ts'
import { sendFragment, type PageContext } from '../ui/page.ts'

/** What a page with a live part loads. */
export const liveScripts = () => [asset('islands/live-figures.ts')]

// However many look and however often they ask, figures are counted once in so many milliseconds.
const KEPT_MS = 10_000

type Counted<Figures> = { pulse: string; figures: Figures }

type Question<Figures> = {
  /** Whose figures: they are shared by all who may see the same. */
  key: string
  /** What changes with the figures, and costs next to nothing. */
  pulse(): Promise<string>
  count(): Promise<Figures>
  show(counted: Counted<Figures>): VNode
}

/** Answers with the part anew, or 304 where the reader has it already, without counting anything. */
export function createLiveAnswers<Figures>() {
  const memory = createMemory<string, Counted<Figures>>({ keptMs: KEPT_MS, max: 500 })
  return async (request: FastifyRequest, reply: FastifyReply, question: Question<Figures>): Promise<FastifyReply> => {
    const has = request.headers['if-none-match']
    const unchanged = () => reply.status(304).header('cache-control', 'no-store').send()
    if (has === etagOf(await question.pulse())) return unchanged()
    // Asked for before it is counted: what happens meanwhile changes the next one.
    const counted = await memory.get(question.key, async () => ({ pulse: await question.pulse(), figures: await question.count() }))
    if (has === etagOf(counted!.pulse)) return unchanged()
    return sendFragment(reply.header('etag', etagOf(counted!.pulse)), question.show(counted!))
  }
}

const etagOf = (pulse: string) => `"${pulse}"`

type LiveProps = {
  page: PageContext
  /** Where the part comes from anew. */
  href: string
  pulse: string
  /** What those who don't see the page are told when it changes. */
  said: string
  children: ComponentChildren
}

/** Holds blocks (`LiveBlock`) and says how old they are. Without a script it is as old as the page. */
export function Live({ page, href, pulse, said, children }: LiveProps) {
  const t = page.t.dashboard
  return (
    <div class="live-part" data-island="live-figures" data-href={href} data-etag={etagOf(pulse)} data-said={said}>
      {children}
      <p class="small soft script-only" data-live-state data-current={t.liveCurrent} data-lost={t.liveLost} data-ended={t.liveEnded} />
      <p class="visually-hidden" role="status" data-live-said />
    </div>
  )
}

/** What is replaced as a whole, where it has changed. */
export function LiveBlock({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="stack live-block" data-live={name}>
      {children}
    </div>
  )
}
