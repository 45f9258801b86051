// /gate/{id}/log: what an agent's own gate has seen.
import type { Page } from '#src/kernel/page.ts'
import type { OpenGate } from '#src/modules/access/find-gates.ts'
import type { LoggedScan } from '#src/modules/access/find-scans.ts'
import { Trail } from '../ui/components.tsx'
import type { FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'
import { ScanLog } from './scan-log.tsx'

export function GateLog({ page, gate, scans, form }: { page: PageContext; gate: OpenGate; scans: Page<LoggedScan>; form: FormState }) {
  const t = page.t.gate
  return (
    <Layout page={page} title={`${t.logTitle} · ${gate.name}`} noindex>
      <Trail label={page.t.common.back} steps={[[`/gate/${gate.id}`, t.backToScan]]} />
      <h1>{t.logTitle}</h1>
      <p class="lead">
        {gate.name} · {gate.eventTitle}. {t.logHint}
      </p>
      <ScanLog page={page} timezone={gate.timezone} scans={scans} form={form} />
    </Layout>
  )
}
