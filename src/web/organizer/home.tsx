// /organizer: my events with their numbers; newcomers first make an organizer.
import type { FastifyInstance } from 'fastify'
import { formatMoney } from '#src/kernel/money.ts'
import type { Page } from '#src/kernel/page.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { listOrganizerEvents, type OrganizerEvent } from '#src/reads/organizer-events.ts'
import { DataTable, EmptyState, LinkButton, Pager } from '../ui/components.tsx'
import { formatMoment, formatNumber } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { eventPath, StatusBadge } from './event-frame.tsx'

export async function organizerHomePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: { cursor?: string } }>('/organizer', async (request, reply) => {
    const page = pageOf(request)
    const account = requireAccount(request.actor)
    if (account.memberships.length === 0) return reply.redirect('/account/organizer', 303)
    const { cursor } = request.query
    const events = await listOrganizerEvents(app, account, { limit: 50, cursor: typeof cursor === 'string' ? cursor : undefined })
    const leads = account.memberships.some((m) => m.role === 'owner' || m.role === 'manager')
    return sendPage(reply, <Home page={page} events={events} leads={leads} several={account.memberships.length > 1} />)
  })
}

function Home({ page, events, leads, several }: { page: PageContext; events: Page<OrganizerEvent>; leads: boolean; several: boolean }) {
  const t = page.t.organizer
  const create = leads && <LinkButton href="/organizer/events/new">{t.newEvent}</LinkButton>
  const money = (event: OrganizerEvent) => formatMoney({ amount: event.gross, currency: event.currency }, page.locale)
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <Layout page={page} title={t.myEvents} noindex>
      <div class="spread"><h1>{t.myEvents}</h1>{events.data.length > 0 && create}</div>
      <DataTable caption={t.myEvents} rows={events.data}
        empty={<EmptyState title={t.noEvents} action={create}><p>{t.noEventsHint}</p></EmptyState>}
        columns={[
          { label: t.event, cell: (event) => <><a href={eventPath(event)}>{event.title}</a>{several && <span class="hint block">{event.organizerName}</span>}</> },
          { label: page.t.public.when, cell: (event) => <time dateTime={event.startsAt.toISOString()}>{formatMoment(event.startsAt, event.timezone, page.locale)}</time> },
          { label: t.status, cell: (event) => <StatusBadge page={page} event={event} /> },
          { label: t.sold, numeric: true, cell: (event) => (event.size === null ? '–' : t.soldOf(count(event.sold), count(event.size))) },
          { label: t.revenue, numeric: true, cell: money },
          { label: t.admitted, numeric: true, minor: true, cell: (event) => count(event.admitted) },
        ]} />
      <Pager page={page} nextCursor={events.nextCursor} />
    </Layout>
  )
}
