// The frame of the staff's pages: where else to go.
import type { ComponentChildren } from 'preact'
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
  return (
    <Layout page={page} title={`${title} · ${t.title}`} noindex>
      <nav class="tabs" aria-label={t.title}>
        {tabs.map(([href, label]) => (
          <a key={href} href={href} aria-current={page.path === href ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <h1>{title}</h1>
      {children}
    </Layout>
  )
}
