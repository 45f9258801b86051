// /admin/facts: what was done, by whom, to what, when.
import type { FastifyInstance } from 'fastify'
import { fromLocalTime } from '#src/kernel/zone.ts'
import type { Page } from '#src/kernel/page.ts'
import type { App } from '#src/platform/app.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import { Pager } from '../ui/components.tsx'
import { TextField } from '../ui/fields.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { asked, FactTable, Filters, type ListRequest } from './admin-list.tsx'

const DAY_MS = 86_400_000

export async function adminFactPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/facts', async (request, reply) => {
    const page = pageOf(request)
    const { query } = request
    const day = (name: string) => fromLocalTime(`${asked(query, name) ?? ''}T00:00`, 'UTC')
    const last = day('to')
    const facts = await listFacts(app.db, {
      q: asked(query, 'q'),
      kind: asked(query, 'kind'),
      actor: asked(query, 'actor'),
      from: day('from'),
      to: last && new Date(last.getTime() + DAY_MS),
      cursor: asked(query, 'cursor'),
      limit: 100,
    })
    return sendPage(reply, <Facts page={page} facts={facts} form={readForm(page, query).state()} />)
  })
}

function Facts({ page, facts, form }: { page: PageContext; facts: Page<AdminFact>; form: FormState }) {
  const t = page.t.admin
  return (
    <AdminFrame page={page} title={t.facts}>
      <Filters page={page} form={form} words={t.subjectOf} hint={t.searchFacts}>
        <TextField form={form} name="kind" label={t.kind} placeholder="order." />
        <TextField form={form} name="actor" label={t.by} placeholder="account:" />
        <TextField form={form} name="from" type="date" label={page.t.lists.from} />
        <TextField form={form} name="to" type="date" label={page.t.lists.to} />
      </Filters>
      <FactTable page={page} facts={facts.data} caption={t.facts} />
      <Pager page={page} nextCursor={facts.nextCursor} />
    </AdminFrame>
  )
}
