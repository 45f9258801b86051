// /admin/checks: what must always be true, looked up on live data.
import type { FastifyInstance } from 'fastify'
import { textIn } from '#src/locales/locale.ts'
import type { App } from '#src/platform/app.ts'
import { checkInvariants, type InvariantResult } from '#src/reads/invariants.ts'
import { Badge, Notice } from '../ui/components.tsx'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'

export async function adminCheckPages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/admin/checks', async (request, reply) => sendPage(reply, <Checks page={pageOf(request)} results={await checkInvariants(app.db)} />))
}

function Checks({ page, results }: { page: PageContext; results: readonly InvariantResult[] }) {
  const t = page.t.admin
  const broken = results.filter((result) => result.count > 0)
  const worst = broken.some((result) => result.invariant.severity === 'fault') ? 'bad' : 'warn'
  return (
    <AdminFrame page={page} title={t.invariants}>
      {broken.length === 0 ? (
        <Notice tone="good" title={t.allHold}>
          <p>{t.invariantsHint}</p>
        </Notice>
      ) : (
        <Notice tone={worst} title={t.someBroken(broken.length, formatNumber(broken.length, page.locale))}>
          <p>{t.invariantsHint}</p>
        </Notice>
      )}
      <ul class="plain-list stack">
        {[...broken, ...results.filter((result) => result.count === 0)].map((result) => (
          <Check key={result.invariant.id} page={page} result={result} />
        ))}
      </ul>
    </AdminFrame>
  )
}

function Check({ page, result: { invariant, count, examples } }: { page: PageContext; result: InvariantResult }) {
  const t = page.t.admin
  const tone = count === 0 ? 'good' : invariant.severity === 'fault' ? 'bad' : 'warn'
  return (
    <li>
      <p>
        <Badge tone={tone}>{count === 0 ? t.holds : t.broken(count, formatNumber(count, page.locale))}</Badge>{' '}
        {textIn(invariant.sentence, page.locale)}
      </p>
      {count > 0 && (
        <>
          <ul>
            {examples.map((example) => (
              <li key={example.subject}>
                <code>{example.subject}</code> {example.detail}
              </li>
            ))}
          </ul>
          <p class="hint">
            <strong>{t.remedy}</strong> {textIn(invariant.remedy, page.locale)}
          </p>
        </>
      )}
    </li>
  )
}
