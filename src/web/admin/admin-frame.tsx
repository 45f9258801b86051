// The frame of the staff's pages: where else to go.
import type { ComponentChildren } from 'preact'
import { Rail } from '../ui/components.tsx'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'

export function AdminFrame({ page, title, children }: { page: PageContext; title: string; children: ComponentChildren }) {
  const t = page.t.admin
  const tabs = [
    ['/admin', t.overview],
    ['/admin/checks', t.health],
    ['/admin/events', t.events],
    ['/admin/money', t.money],
    ['/admin/users', t.users],
    ['/admin/organizers', t.organizers],
    ['/admin/jobs', t.jobs],
    ['/admin/mails', t.mails],
    ['/admin/facts', t.facts],
  ] as const
  const here = tabs.findLast(([href]) => page.path === href || page.path.startsWith(`${href}/`))?.[0]
  return (
    <Layout page={page} title={`${title} · ${t.title}`} noindex rail={<Rail label={t.title} tabs={tabs} here={here} />}>
      <h1>{title}</h1>
      {children}
    </Layout>
  )
}
