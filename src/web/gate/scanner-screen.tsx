// What an agent sees: the verdict as large as the screen allows, in colour, word and sign; how many are inside; who passed last.
import type { VNode } from 'preact'
import { formatMoney } from '#src/kernel/money.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { errorMessage } from '#src/locales/locale.ts'
import type { Direction, ScanCode } from '#src/modules/access/evaluate.ts'
import type { OpenGate } from '#src/modules/access/find-gates.ts'
import type { LoggedScan } from '#src/modules/access/find-scans.ts'
import type { ConfirmAnswer, Flag, Hint, ScanAnswer } from '#src/modules/access/scan.ts'
import { asset, assetPreloads } from '../ui/assets.ts'
import { EmptyState, Trail } from '../ui/components.tsx'
import { formatMoment, formatNumber, formatTime } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'

export type Verdict =
  | { kind: 'request'; answer: ScanAnswer }
  | { kind: 'confirm'; answer: ConfirmAnswer; direction: Direction; type: string }
  /** The protocol said no: too slow, twice, not this agent. */
  | { kind: 'refusal'; code: string }

export type Scene = { gate: OpenGate; occupancy: { inside: number; capacity: number | null }; recent: readonly LoggedScan[]; verdict: Verdict | null }

type ScreenProps = { page: PageContext; scene: Scene }

export function GateChoice({ page, gates }: { page: PageContext; gates: readonly OpenGate[] }) {
  const t = page.t.gate
  const events = Map.groupBy(gates, (gate) => gate.eventSlug)
  return (
    <Layout page={page} title={t.title} noindex narrow>
      <h1>{gates.length === 0 ? t.title : t.choose}</h1>
      {gates.length === 0 ? (
        <EmptyState title={t.none}>
          <p>{t.noneHint}</p>
        </EmptyState>
      ) : (
        <p class="lead">{t.chooseHint}</p>
      )}
      {[...events.values()].map((list) => (
        <section key={list[0]!.eventSlug} class="stack">
          <h2>{list[0]!.eventTitle}</h2>
          <ul class="gates">
            {list.map((gate) => (
              <li key={gate.id}>
                <a class="button button--secondary" href={`/gate/${gate.id}`}>
                  {gate.name} <span class="soft">{t.directions[gate.directions]}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Layout>
  )
}

export function ScannerScreen({ page, scene }: ScreenProps) {
  const { gate } = scene
  const t = page.t.gate
  const script = asset('islands/scanner.ts')
  return (
    <Layout
      page={page}
      title={`${gate.name} · ${gate.eventTitle}`}
      noindex
      narrow
      scripts={[script]}
      head={assetPreloads('islands/scanner.ts').map((href) => (
        <link key={href} rel="modulepreload" href={href} />
      ))}
    >
      <div class="stack scanner" data-island="scanner" data-camera-refused={t.camera.refused}>
        <div class="spread">
          <div>
            <h1 class="scanner-gate">{gate.name}</h1>
            <p class="soft">{gate.eventTitle}</p>
          </div>
          <Trail label={t.change} steps={[['/gate?choose', t.change]]} />
        </div>
        <LiveVerdict page={page} scene={scene} />
        <div class="scanner-camera script-only" data-camera hidden>
          <video data-video muted playsinline aria-label={t.camera.label} hidden />
          <p class="notice notice--warn" data-camera-problem role="status" hidden />
          <div class="actions">
            <button type="button" class="button button--secondary" data-start data-on={t.camera.stop} data-off={t.camera.start}>
              {t.camera.start}
            </button>
            <button type="button" class="button button--secondary" data-torch aria-pressed="false" hidden>
              {t.camera.torch}
            </button>
            <label class="row small">
              <input type="checkbox" data-auto /> {t.camera.auto}
            </label>
            <label class="row small">
              <input type="checkbox" data-sound checked /> {t.camera.sound}
            </label>
          </div>
        </div>
        <LiveRest page={page} scene={scene} />
        <template data-offline>
          <VerdictPanel tone="warn" sign="!" word={t.offline} lines={[t.offlineHint]} />
        </template>
        <template data-ready>
          <Ready page={page} />
        </template>
      </div>
    </Layout>
  )
}

/** The parts that change with each scan: the page's script puts each in the place of its former self. */
export function ScannerLive(props: ScreenProps) {
  return (
    <>
      <LiveVerdict {...props} />
      <LiveRest {...props} />
    </>
  )
}

function LiveVerdict({ page, scene }: ScreenProps) {
  return (
    <div role="status" aria-live="assertive" data-live="verdict">
      {scene.verdict ? <VerdictOf page={page} scene={scene} verdict={scene.verdict} /> : <Ready page={page} />}
    </div>
  )
}

function Ready({ page }: { page: PageContext }) {
  return <VerdictPanel tone="plain" sign="·" word={page.t.gate.ready} lines={[page.t.gate.readyHint]} />
}

function LiveRest({ page, scene }: ScreenProps) {
  const { gate, occupancy, recent, verdict } = scene
  const t = page.t.gate
  const mustConfirm = verdict?.kind === 'request' && verdict.answer.scanSessionToken !== undefined
  return (
    <div class="stack" data-live="rest">
      <form class="scanner-code" method="post" action={`/gate/${gate.id}/scan`} data-scan autocomplete="off" novalidate>
        <label for="code">
          {t.code} <span class="hint">{t.codeHint}</span>
        </label>
        <div class="search-words">
          <input
            class="input"
            id="code"
            name="code"
            autocapitalize="characters"
            autocomplete="off"
            autocorrect="off"
            spellcheck={false}
            autofocus={!mustConfirm}
          />
          <button class="button button--secondary" type="submit">
            {t.check}
          </button>
        </div>
      </form>
      <dl class="figures">
        <div>
          <dt>{t.inside}</dt>
          <dd>
            <span class="figure" data-inside>
              {formatNumber(occupancy.inside, page.locale)}
            </span>
            {occupancy.capacity !== null && <span class="hint">{t.ofCapacity(formatNumber(occupancy.capacity, page.locale))}</span>}
          </dd>
        </div>
      </dl>
      <section class="stack">
        <h2>{t.recent}</h2>
        {recent.length === 0 ? (
          <p class="soft">{t.noRecent}</p>
        ) : (
          <ul class="passages">
            {recent.map((scan) => (
              <Passage key={scan.id} page={page} gate={gate} scan={scan} />
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}

function Passage({ page, gate, scan }: { page: PageContext; gate: OpenGate; scan: LoggedScan }) {
  const t = page.t.gate
  const good = scan.code === 'OK'
  return (
    <li>
      <time dateTime={scan.at.toISOString()}>{formatTime(scan.at, gate.timezone, page.locale)}</time>
      <span class={`badge badge--${good ? 'good' : 'bad'}`}>{good ? t.directions[scan.direction ?? 'in'] : wordsOf(page, scan.code)[0]}</span>
      <span class="soft">{scan.ticketType}</span>
    </li>
  )
}

type Words = PageContext['t']['gate']['codes']
/** A new code does not compile before it has its words. */
function wordsOf(page: PageContext, code: ScanCode): readonly [word: string, sentence: string] {
  const words: Record<ScanCode, Words[keyof Words]> = page.t.gate.codes
  return [words[code][0] ?? code, words[code][1] ?? '']
}

function VerdictOf({ page, scene, verdict }: ScreenProps & { verdict: Verdict }) {
  switch (verdict.kind) {
    case 'refusal':
      return <VerdictPanel tone="warn" sign="!" word={page.t.common.errorPage.refused} lines={[errorMessage(page.locale, verdict.code)]} />
    case 'request':
      return <RequestVerdict page={page} scene={scene} answer={verdict.answer} />
    case 'confirm':
      return <ConfirmVerdict page={page} scene={scene} verdict={verdict} />
  }
}

function RequestVerdict({ page, scene: { gate }, answer }: ScreenProps & { answer: ScanAnswer }) {
  const t = page.t.gate
  const { ticket } = answer
  const lines = [ticket?.type ?? '', ...lastOf(page, gate, answer), ...hintLines(page, gate, answer.hint), ...flagLines(page, answer.flags)]
  if (!answer.scanSessionToken || !answer.suggestedDirection) {
    const [word, sentence] = wordsOf(page, answer.code)
    return <VerdictPanel tone={answer.code === 'OUT_WITHOUT_IN' ? 'warn' : 'bad'} sign="✕" word={word} lines={[sentence, ...lines]} />
  }
  const direction = answer.suggestedDirection
  return (
    <VerdictPanel tone="info" sign="?" word={t.valid} lines={lines} seconds={(answer.expiresAt!.getTime() - answer.serverTime.getTime()) / 1000}>
      <form method="post" action={`/gate/${gate.id}/confirm`} data-confirm>
        <input type="hidden" name="token" value={answer.scanSessionToken} />
        <input type="hidden" name="scanId" value={uuidv7()} />
        <input type="hidden" name="type" value={ticket?.type ?? ''} />
        <button class="button verdict-button" type="submit" name="direction" value={direction} autofocus>
          {t.let[direction]}
        </button>
      </form>
    </VerdictPanel>
  )
}

function ConfirmVerdict({ page, scene: { gate }, verdict: { answer, direction, type } }: ScreenProps & { verdict: Verdict & { kind: 'confirm' } }) {
  const t = page.t.gate
  const lines = [type, ...hintLines(page, gate, answer.hint), ...flagLines(page, answer.flags)]
  if (answer.decision !== 'DENIED') return <VerdictPanel tone="good" sign="✓" word={direction === 'in' ? t.admitted : t.exited} lines={lines} />
  const [word, sentence] = wordsOf(page, answer.code)
  return <VerdictPanel tone={answer.code === 'OUT_WITHOUT_IN' ? 'warn' : 'bad'} sign="✕" word={word} lines={[sentence, ...lines]} />
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

type PanelProps = {
  tone: 'plain' | 'info' | 'good' | 'warn' | 'bad'
  sign: string
  word: string
  lines: readonly string[]
  /** How long the answer may be confirmed. */ seconds?: number
  children?: VNode
}

/** Colour, sign and word say the same: whoever misses one has the two others. The script adds a sound by `data-tone`. */
function VerdictPanel({ tone, sign, word, lines, seconds, children }: PanelProps) {
  return (
    <section class={`verdict verdict--${tone}`} data-tone={tone} data-seconds={seconds && Math.floor(seconds)}>
      <p class="verdict-sign" aria-hidden="true">
        {sign}
      </p>
      <p class="verdict-word">{word}</p>
      {lines.filter(Boolean).map((line) => (
        <p key={line} class="verdict-line">
          {line}
        </p>
      ))}
      {children}
    </section>
  )
}
