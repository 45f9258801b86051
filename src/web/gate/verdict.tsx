// The verdict as large as the screen allows, in colour, sign and word; what the page's script shows while it waits.
import type { ComponentChildren } from 'preact'
import { formatMoney } from '#src/kernel/money.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { errorMessage } from '#src/locales/locale.ts'
import type { Direction, ScanCode } from '#src/modules/access/evaluate.ts'
import type { OpenGate } from '#src/modules/access/find-gates.ts'
import type { ConfirmAnswer, Flag, Hint, ScanAnswer } from '#src/modules/access/scan.ts'
import { formatMoment, formatTime } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'

export type Verdict =
  | { kind: 'request'; answer: ScanAnswer }
  | { kind: 'confirm'; answer: ConfirmAnswer; direction: Direction; type: string }
  /** The protocol said no: too slow, twice, not this agent. */
  | { kind: 'refusal'; code: string }

/** Where the agent stands, and which way people pass there now. */
export type Post = { gate: OpenGate; way: Direction }

type Words = PageContext['t']['gate']['codes']
/** The word and the sentence of a code. A new code does not compile before it has its words. */
export function wordsOf(page: PageContext, code: ScanCode): readonly [word: string, sentence: string] {
  const words: Record<ScanCode, Words[keyof Words]> = page.t.gate.codes
  return [words[code][0] ?? code, words[code][1] ?? '']
}

type PostProps = { page: PageContext; post: Post }

export function VerdictOf({ page, post, verdict }: PostProps & { verdict: Verdict }) {
  switch (verdict.kind) {
    case 'refusal':
      return (
        <VerdictPanel tone="warn" word={page.t.common.errorPage.refused} lines={[errorMessage(page.locale, verdict.code)]}>
          <Next page={page} post={post} />
        </VerdictPanel>
      )
    case 'request':
      return <RequestVerdict page={page} post={post} answer={verdict.answer} />
    case 'confirm':
      return <ConfirmVerdict page={page} post={post} verdict={verdict} />
  }
}

/** Nothing has been shown yet. */
export function Ready({ page }: { page: PageContext }) {
  return <VerdictPanel tone="plain" word={page.t.gate.ready} lines={[page.t.gate.readyHint]} />
}

/** What the script shows in the verdict's place when an answer is long in coming, or doesn't come. */
export function ScriptPanels({ page, post }: PostProps) {
  const t = page.t.gate
  const unanswered = (hint: string) => (
    <VerdictPanel tone="warn" word={t.offline} lines={[hint]}>
      <button type="button" class="button verdict-button" data-retry>
        {t.retry}
      </button>
      <Next page={page} post={post} />
    </VerdictPanel>
  )
  return (
    <>
      <template data-panel="ready">
        <Ready page={page} />
      </template>
      <template data-panel="waiting">
        <VerdictPanel tone="plain" word={t.waiting} lines={[t.waitingHint]} />
      </template>
      <template data-panel="offline">{unanswered(t.offlineHint)}</template>
      <template data-panel="offline-confirm">{unanswered(t.offlineConfirmHint)}</template>
    </>
  )
}

function RequestVerdict({ page, post, answer }: PostProps & { answer: ScanAnswer }) {
  const t = page.t.gate
  const { gate, way } = post
  const { ticket, scanSessionToken: token } = answer
  const lines = [ticket?.type ?? '', ...lastOf(page, gate, answer), ...hintLines(page, gate, answer.hint), ...flagLines(page, answer.flags)]
  const code = answer[way] ?? answer.code
  if (token && code === 'OK')
    return (
      <VerdictPanel tone="info" word={t.valid} lines={lines} seconds={secondsOf(answer)}>
        <Confirmation page={page} post={post} token={token} type={ticket?.type ?? ''} direction={way} remarked={answer.flags.length > 0} />
        <Next page={page} post={post} />
      </VerdictPanel>
    )
  const [word, sentence] = wordsOf(page, code)
  return (
    <VerdictPanel tone={code === 'OUT_WITHOUT_IN' ? 'warn' : 'bad'} word={word} lines={[sentence, ...lines]} seconds={token ? secondsOf(answer) : 0}>
      <Next page={page} post={post} main />
      {/* A gate for both ways: what is refused one way may pass the other, but nobody is tempted to let in what was to go out. */}
      {token && answer.suggestedDirection && (
        <Confirmation page={page} post={post} token={token} type={ticket?.type ?? ''} direction={answer.suggestedDirection} quiet />
      )}
    </VerdictPanel>
  )
}

const secondsOf = ({ expiresAt, serverTime }: ScanAnswer) => (expiresAt ? (expiresAt.getTime() - serverTime.getTime()) / 1000 : 0)

type ConfirmationProps = PostProps & { token: string; type: string; direction: Direction; quiet?: boolean; remarked?: boolean }

function Confirmation({ page, post: { gate, way }, token, type, direction, quiet, remarked }: ConfirmationProps) {
  return (
    <form method="post" action={`/gate/${gate.id}/confirm`} data-confirm={quiet ? 'other' : remarked ? 'remarked' : 'valid'}>
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="scanId" value={uuidv7()} />
      <input type="hidden" name="type" value={type} />
      <input type="hidden" name="way" value={way} />
      <button
        class={quiet ? 'verdict-quiet' : 'button verdict-button'}
        type="submit"
        name="direction"
        value={direction}
        autofocus={!quiet}
        aria-describedby="verdict-word"
      >
        {page.t.gate.let[direction]}
      </button>
    </form>
  )
}

function ConfirmVerdict({ page, post, verdict: { answer, direction, type } }: PostProps & { verdict: Verdict & { kind: 'confirm' } }) {
  const t = page.t.gate
  const lines = [type, ...hintLines(page, post.gate, answer.hint), ...flagLines(page, answer.flags)]
  const denied = answer.decision === 'DENIED'
  const [word, sentence] = denied ? wordsOf(page, answer.code) : [direction === 'in' ? t.admitted : t.exited, '']
  return (
    <VerdictPanel tone={!denied ? 'good' : answer.code === 'OUT_WITHOUT_IN' ? 'warn' : 'bad'} word={word} lines={[sentence, ...lines]}>
      <Next page={page} post={post} main />
    </VerdictPanel>
  )
}

/** On to the next guest: with a script the verdict goes away, without it the page comes back empty. */
function Next({ page, post: { gate, way }, main }: PostProps & { main?: boolean }) {
  return (
    <a class={main ? 'button verdict-button' : 'verdict-quiet'} href={`/gate/${gate.id}${gate.directions === 'both' ? `?way=${way}` : ''}`} data-next>
      {page.t.gate.next}
    </a>
  )
}

function lastOf(page: PageContext, gate: OpenGate, { ticket }: ScanAnswer): string[] {
  const t = page.t.gate
  const lines: string[] = []
  if (ticket?.last) {
    const time = formatTime(ticket.last.at, gate.timezone, page.locale)
    lines.push((ticket.last.direction === 'in' ? t.lastIn : t.lastOut)(time, ticket.last.gate ?? ''))
  }
  if (ticket?.usageLimit && ticket.usageLimit > 1) lines.push(t.entries(ticket.entriesUsed, ticket.usageLimit))
  return lines
}

function hintLines(page: PageContext, gate: OpenGate, hint: Hint | null): string[] {
  const t = page.t.gate
  const moment = (date: Date) => formatMoment(date, gate.timezone, page.locale)
  return [
    hint?.from && t.from(moment(hint.from)),
    hint?.until && t.until(moment(hint.until)),
    hint?.waitSeconds !== undefined && t.wait(hint.waitSeconds),
    hint?.gates?.length && t.gates(hint.gates.join(', ')),
    hint?.event && t.forEvent(hint.event),
    hint?.due && t.due(formatMoney(hint.due, page.locale)),
  ].filter((line) => typeof line === 'string')
}

const flagLines = (page: PageContext, flags: readonly Flag[]) => flags.map((flag) => page.t.gate.flags[flag])

type Tone = 'plain' | 'info' | 'good' | 'warn' | 'bad'

type PanelProps = {
  tone: Tone
  word: string
  lines: readonly string[]
  /** How long the answer may be confirmed. */ seconds?: number
  children?: ComponentChildren
}

/** Colour, sign and word say the same: whoever misses one has the two others. The script adds a sound and a buzz by `data-tone`. */
function VerdictPanel({ tone, word, lines, seconds, children }: PanelProps) {
  return (
    <section class={`verdict verdict--${tone}`} data-tone={tone} data-seconds={seconds ? Math.floor(seconds) : undefined}>
      <div class="verdict-answer">
        {tone !== 'plain' && <Sign tone={tone} />}
        <p class={isLong(word) ? 'verdict-word verdict-word--long' : 'verdict-word'} id="verdict-word">
          {word}
        </p>
        {lines.filter(Boolean).map((line) => (
          <p key={line} class="verdict-line">
            {line}
          </p>
        ))}
      </div>
      {children && <div class="verdict-actions">{children}</div>}
    </section>
  )
}

/** A word that would not fit on a small phone's line at full size. */
const isLong = (words: string) => words.split(/\s/).some((word) => word.length > 8)

// Drawn, not typed: a font's signs differ from phone to phone, and some are shown as pictures.
const SIGNS: Record<Exclude<Tone, 'plain'>, string> = {
  good: 'M12 34 26 48 52 18',
  bad: 'M16 16 48 48 M48 16 16 48',
  warn: 'M32 12 32 38 M32 50 32 52',
  info: 'M22 24a10 10 0 1 1 14 9c-3 1.500-4 3-4 7 M32 51 32 52',
}

function Sign({ tone }: { tone: keyof typeof SIGNS }) {
  return (
    <svg class="verdict-sign" viewBox="0 0 64 64" aria-hidden="true">
      <path d={SIGNS[tone]} fill="none" stroke="currentColor" stroke-width="9" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  )
}
