// The frame of an event's own pages: its name, its state, and where else to go.
import type { ComponentChildren } from 'preact'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { Badge, Rail, Trail, type Tone } from '../ui/components.tsx'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'

export function eventPath(event: { slug: string }, ...rest: (string | number)[]): string {
  return ['/organizer/events', event.slug, ...rest].join('/')
}

const TONES: Record<Event['status'], Tone | 'plain'> = { draft: 'plain', pending_review: 'warn', published: 'good', cancelled: 'bad', ended: 'plain' }

export function StatusBadge({ page, event }: { page: PageContext; event: { status: Event['status'] } }) {
  return <Badge tone={TONES[event.status]}>{page.t.organizer.statuses[event.status]}</Badge>
}

type FrameProps = {
  page: PageContext
  event: Event
  title: string
  failed?: boolean
  /** Beneath one of the tabs: the way back. */ under?: readonly [href: string, label: string]
  /** Which tab it belongs to, where neither address says so. */ tab?: string
  scripts?: readonly string[]
  /** What belongs into `<head>` on this page only. */ head?: ComponentChildren
  children: ComponentChildren
}

export function EventFrame({ page, event, title, failed, under, tab, scripts, head, children }: FrameProps) {
  const t = page.t.organizer
  const leads = mayAct(page.actor, event)
  const tabs = [
    [eventPath(event), t.overview],
    ...(leads
      ? [
          [eventPath(event, 'tickets'), t.tickets],
          [eventPath(event, 'programme'), t.programme],
        ]
      : []),
    ...(leads && event.visibility === 'private' ? [[eventPath(event, 'guests'), t.guests]] : []),
    [eventPath(event, 'desk'), page.t.desk.title],
    [eventPath(event, 'orders'), page.openRefunds ? page.t.lists.ordersAsked(page.openRefunds) : t.orders],
    [eventPath(event, 'participants'), t.participants],
    ...(leads ? [[eventPath(event, 'gates'), t.gates]] : []),
    ...(leads && isEditable(event)
      ? [
          [eventPath(event, 'edit'), page.t.common.edit],
          [eventPath(event, 'settings'), page.t.settings.title],
        ]
      : []),
  ] as [string, string][]
  // What lies beneath a tab belongs to it, also where its address doesn't begin with the tab's.
  const here = tabs.findLast(([href]) =>
    [page.path, under?.[0] ?? '', tab ? eventPath(event, tab) : ''].some((path) => path === href || path.startsWith(`${href}/`)),
  )?.[0]
  const rail = (
    <Rail label={event.title} tabs={tabs} here={here} back={['/organizer', t.myEvents]}>
      <strong>{event.title}</strong>
      <StatusBadge page={page} event={event} />
    </Rail>
  )
  return (
    <Layout
      page={page}
      title={`${title} · ${event.title}`}
      noindex
      failed={failed ?? false}
      rail={rail}
      {...(scripts ? { scripts } : {})}
      head={head}
    >
      {under && <Trail label={page.t.common.back} steps={[under]} />}
      <h1>{title}</h1>
      {children}
    </Layout>
  )
}
