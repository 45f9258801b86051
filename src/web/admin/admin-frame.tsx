// The frame of the staff's pages: where else to go.
import type { ComponentChildren } from 'preact'
import { Notice, Rail, Trail } from '../ui/components.tsx'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'

type FrameProps = {
  page: PageContext
  title: string
  /** The list that the page is one of. */ under?: readonly [href: string, label: string]
  /** What has just been done: a name of `admin.done`. */ done?: string | undefined
  failed?: boolean
  children: ComponentChildren
}

export function AdminFrame({ page, title, under, done, failed, children }: FrameProps) {
  const t = page.t.admin
  const tabs = [
    ['/admin', t.overview],
    ['/admin/reviews', t.reviews],
    ['/admin/events', t.events],
    ['/admin/orders', t.orders],
    ['/admin/payments', t.payments],
    ['/admin/refunds', t.refunds],
    ['/admin/ledger', t.ledger],
    ['/admin/users', t.users],
    ['/admin/organizers', t.organizers],
    ['/admin/categories', t.categories],
    ['/admin/mails', t.mails],
    ['/admin/jobs', t.jobs],
    ['/admin/checks', t.health],
    ['/admin/facts', t.facts],
    ['/admin/settings', t.settings],
  ] as const
  const here = under?.[0] ?? tabs.findLast(([href]) => page.path === href || page.path.startsWith(`${href}/`))?.[0]
  const doneWords = done !== undefined && Object.hasOwn(t.done, done) ? t.done[done as keyof typeof t.done] : undefined
  return (
    <Layout page={page} title={`${title} · ${t.title}`} noindex failed={failed ?? false} rail={<Rail label={t.title} tabs={tabs} here={here} />}>
      {under && <Trail label={page.t.common.back} steps={[under]} />}
      <h1>{title}</h1>
      {doneWords && !failed && <Notice tone="good" title={doneWords} />}
      {children}
    </Layout>
  )
}
