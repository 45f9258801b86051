// What an agent sees: which gate, the verdict, the camera, a field for codes, how many are inside, who passed last.
import { isStaff, worksFor } from '#src/kernel/actor.ts'
import type { OpenGate } from '#src/modules/access/find-gates.ts'
import type { LoggedScan } from '#src/modules/access/find-scans.ts'
import { asset, assetPreloads } from '../ui/assets.ts'
import { EmptyState, KeyFigures, Trail } from '../ui/components.tsx'
import { formatNumber } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'
import { GATE_STYLESHEET } from '../ui/stylesheet.ts'
import { Passages } from './scan-log.tsx'
import { Ready, ScriptPanels, VerdictOf, type Post, type Verdict } from './verdict.tsx'

export type Scene = {
  post: Post
  occupancy: { inside: number; capacity: number | null }
  /** Let in here by whoever looks. */
  mine: number
  recent: readonly LoggedScan[]
  verdict: Verdict | null
}

type ScreenProps = { page: PageContext; scene: Scene }

export const gateStyles = <link rel="stylesheet" href={GATE_STYLESHEET} />

/** Agents learn nothing about guests: names are for who sells or leads. */
function maySearch(page: PageContext, gate: OpenGate): boolean {
  return isStaff(page.actor) || worksFor(page.actor, gate.organizerId, 'owner', 'manager', 'cashier')
}

export function GateChoice({ page, gates }: { page: PageContext; gates: readonly OpenGate[] }) {
  const t = page.t.gate
  const events = Map.groupBy(gates, (gate) => gate.eventSlug)
  return (
    <Layout page={page} title={t.title} noindex narrow head={gateStyles}>
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
  const { gate } = scene.post
  const t = page.t.gate
  return (
    <Layout
      page={page}
      title={`${gate.name} · ${gate.eventTitle}`}
      noindex
      narrow
      scripts={[asset('islands/scanner.ts')]}
      head={[gateStyles, ...assetPreloads('islands/scanner.ts').map((href) => <link key={href} rel="modulepreload" href={href} />)]}
    >
      <div class="scanner" data-island="scanner" data-camera-refused={t.camera.refused}>
        <div class="spread">
          <div>
            <h1 class="scanner-gate">{gate.name}</h1>
            <p class="soft">{gate.eventTitle}</p>
          </div>
          <Trail
            label={gate.name}
            steps={[
              [`/gate/${gate.id}/log`, t.log],
              ['/gate?choose', t.change],
            ]}
          />
        </div>
        {gate.directions === 'both' && <WayChoice page={page} post={scene.post} />}
        <p class="notice notice--warn" data-network role="status" hidden>
          {t.offlineBanner}
        </p>
        <LiveVerdict page={page} scene={scene} />
        <Camera page={page} />
        <LiveRest page={page} scene={scene} />
        {maySearch(page, gate) && <NameSearch page={page} post={scene.post} />}
        <Settings page={page} />
        <ScriptPanels page={page} post={scene.post} />
      </div>
    </Layout>
  )
}

/** Which way people pass here now. In the address, so that it survives a reload. */
function WayChoice({ page, post: { gate, way } }: { page: PageContext; post: Post }) {
  const t = page.t.gate
  return (
    <nav class="ways" aria-label={t.way}>
      {(['in', 'out'] as const).map((each) => (
        <a key={each} class="button button--secondary" href={`/gate/${gate.id}?way=${each}`} aria-current={each === way ? 'true' : undefined}>
          {t.directions[each]}
        </a>
      ))}
    </nav>
  )
}

function Camera({ page }: { page: PageContext }) {
  const t = page.t.gate.camera
  return (
    <div class="scanner-camera script-only" data-camera hidden>
      <div class="scanner-picture" data-picture hidden>
        <video data-video muted playsinline aria-label={t.label} />
        <button type="button" class="button scanner-torch" data-torch aria-pressed="false" hidden>
          <TorchSign /> {t.torch}
        </button>
      </div>
      <p class="notice notice--warn" data-camera-problem role="status" hidden />
      <button type="button" class="button button--primary" data-start data-on={t.stop} data-off={t.start}>
        {t.start}
      </button>
    </div>
  )
}

function TorchSign() {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path fill="currentColor" d="M7 2h10v4l-2 3v13H9V9L7 6V2Zm4 9v4h2v-4h-2Z" />
    </svg>
  )
}

function Settings({ page }: { page: PageContext }) {
  const t = page.t.gate
  return (
    <fieldset class="scanner-settings script-only" data-settings hidden>
      <legend class="small soft">{t.settings}</legend>
      <label class="check">
        <input type="checkbox" data-auto /> <span>{t.camera.auto}</span>
      </label>
      <label class="check">
        <input type="checkbox" data-sound checked /> <span>{t.camera.sound}</span>
      </label>
    </fieldset>
  )
}

function NameSearch({ page, post }: { page: PageContext; post: Post }) {
  const t = page.t.gate
  return (
    <form class="scanner-code" method="get" action={`/gate/${post.gate.id}/search`} role="search">
      <label for="q">
        {t.search} <span class="hint block">{t.searchHint}</span>
      </label>
      <input type="hidden" name="way" value={post.way} />
      <div class="search-words">
        <input class="input" id="q" name="q" type="search" autocomplete="off" />
        <button class="button button--secondary" type="submit">
          {page.t.public.search}
        </button>
      </div>
    </form>
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

// One region that stays: screen readers say what changes inside a region that they know.
function LiveVerdict({ page, scene: { post, verdict } }: ScreenProps) {
  return (
    <div role="status" aria-live="assertive" aria-atomic="true" data-live="verdict">
      {verdict ? <VerdictOf page={page} post={post} verdict={verdict} /> : <Ready page={page} />}
    </div>
  )
}

function LiveRest({ page, scene }: ScreenProps) {
  const { post, occupancy, mine, recent, verdict } = scene
  const { gate, way } = post
  const t = page.t.gate
  const mustConfirm = verdict?.kind === 'request' && verdict.answer.scanSessionToken !== undefined
  return (
    <div class="stack stack--loose" data-live="rest">
      <form class="scanner-code" method="post" action={`/gate/${gate.id}/scan`} data-scan autocomplete="off" novalidate>
        <label for="code">
          {t.code} <span class="hint block">{t.codeHint}</span>
        </label>
        <input type="hidden" name="way" value={way} />
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
      <KeyFigures
        figures={[
          {
            label: t.inside,
            value: <span data-inside>{formatNumber(occupancy.inside, page.locale)}</span>,
            note: occupancy.capacity !== null && t.ofCapacity(formatNumber(occupancy.capacity, page.locale)),
          },
          { label: t.mine, value: <span data-mine>{formatNumber(mine, page.locale)}</span>, note: t.mineHint },
        ]}
      />
      <section class="stack">
        <h2>{t.recent}</h2>
        {recent.length === 0 ? <p class="soft">{t.noRecent}</p> : <Passages page={page} timezone={gate.timezone} scans={recent} />}
      </section>
    </div>
  )
}
