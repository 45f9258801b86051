// The staff's lists: accounts, organizers, events to review, money to check, jobs given up, mails.
import type { FastifyInstance } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { Locale } from '#src/kernel/actor.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { reviewEvent } from '#src/modules/events/review-event.ts'
import { closeManualRefund } from '#src/modules/payments/close-manual-refund.ts'
import type { App } from '#src/platform/app.ts'
import { listDeadJobs, retryDeadJobs } from '#src/platform/jobs.ts'
import {
  listFacts,
  listMails,
  listMoneyCases,
  listOrganizers,
  listUsers,
  listWaitingEvents,
  type MoneyCase,
  type WaitingEvent,
} from '#src/reads/admin-lists.ts'
import { Badge, Button, DataTable, Pager, PostButton, type Column } from '../ui/components.tsx'
import { readForm } from '../ui/form.ts'
import { formatDay, formatMoment, formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'

type ListRequest = { Querystring: { cursor?: string; q?: string } }
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const when = (date: Date, locale: Locale) => <time dateTime={date.toISOString()}>{formatMoment(date, 'UTC', locale)}</time>

export async function adminListPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/users', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const users = await listUsers(app.db, { cursor: textOf(request.query.cursor), q: textOf(request.query.q), limit: 50 })
    return sendPage(
      reply,
      <List
        page={page}
        title={t.users}
        rows={users.data}
        nextCursor={users.nextCursor}
        empty={t.noUsers}
        before={<Search page={page} q={textOf(request.query.q) ?? ''} />}
        columns={[
          { label: t.email, cell: (user) => <a href={`/admin/users/${user.publicId}`}>{user.email}</a> },
          { label: t.name, cell: (user) => user.name },
          {
            label: t.role,
            cell: (user) => (
              <>
                {t.roles[user.role]} {user.suspended && <Badge tone="bad">{t.suspended}</Badge>}
                {!user.verified && <Badge tone="warn">{t.unverified}</Badge>}
              </>
            ),
          },
          { label: t.teams, minor: true, cell: (user) => user.organizers.join(', ') },
          { label: t.since, minor: true, cell: (user) => formatDay(user.createdAt, 'UTC', page.locale) },
        ]}
      />,
    )
  })

  server.get<ListRequest>('/admin/organizers', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const organizers = await listOrganizers(app.db, { cursor: textOf(request.query.cursor), limit: 50 })
    return sendPage(
      reply,
      <List
        page={page}
        title={t.organizers}
        rows={organizers.data}
        nextCursor={organizers.nextCursor}
        columns={[
          { label: t.name, cell: (organizer) => organizer.name },
          { label: t.country, minor: true, cell: (organizer) => organizer.country },
          { label: t.eventCount, numeric: true, cell: (organizer) => formatNumber(organizer.events, page.locale) },
          { label: t.sold, numeric: true, cell: (organizer) => formatNumber(organizer.sold, page.locale) },
          { label: t.gross, numeric: true, cell: (organizer) => formatMoney({ amount: organizer.gross, currency: organizer.currency }, page.locale) },
          { label: t.since, minor: true, cell: (organizer) => formatDay(organizer.createdAt, 'UTC', page.locale) },
        ]}
      />,
    )
  })

  server.get('/admin/events', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    return sendPage(
      reply,
      <List
        page={page}
        title={t.events}
        rows={await listWaitingEvents(app.db)}
        empty={t.noEvents}
        columns={[
          { label: t.event, cell: (event) => <a href={`/organizer/events/${event.slug}`}>{event.title}</a> },
          { label: t.organizer, cell: (event) => event.organizerName },
          { label: t.when, cell: (event) => `${formatMoment(event.startsAt, event.timezone, page.locale)}, ${event.city}` },
          { label: t.toDo, cell: (event) => <Review page={page} event={event} /> },
        ]}
      />,
    )
  })
  server.post<{ Params: { slug: string } }>('/admin/events/:slug', async (request, reply) => {
    const form = readForm(pageOf(request), request.body)
    const decision = form.text('decision') === 'approve' ? 'approve' : 'reject'
    await reviewEvent(app, request.actor, request.params.slug, { decision, reason: form.text('reason') || undefined })
    return reply.redirect('/admin/events', 303)
  })

  server.get('/admin/money', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    return sendPage(
      reply,
      <List
        page={page}
        title={t.money}
        rows={await listMoneyCases(app.db)}
        empty={t.noMoney}
        columns={[
          {
            label: t.kind,
            cell: (entry) => (
              <>
                {t.kinds[entry.what]} <Badge tone="warn">{entry.status}</Badge>
              </>
            ),
          },
          { label: t.amount, numeric: true, cell: (entry) => formatMoney(entry, page.locale) },
          { label: t.reason, cell: (entry) => `${entry.provider} ${entry.reason}` },
          {
            label: t.order,
            cell: (entry) => entry.orderCode && <a href={`/organizer/events/${entry.eventSlug}/orders/${entry.orderCode}`}>{entry.orderCode}</a>,
          },
          { label: t.organizer, minor: true, cell: (entry) => entry.organizerName },
          { label: t.since, minor: true, cell: (entry) => when(entry.at, page.locale) },
          { label: t.toDo, cell: (entry) => <Close page={page} entry={entry} /> },
        ]}
      />,
    )
  })
  server.post<{ Params: { id: string } }>('/admin/refunds/:id', async (request, reply) => {
    const form = readForm(pageOf(request), request.body)
    await closeManualRefund(app, request.actor, { refundId: request.params.id, operatorReference: form.text('reference') })
    return reply.redirect('/admin/money', 303)
  })

  server.get('/admin/jobs', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const jobs = await listDeadJobs(app.db)
    return sendPage(
      reply,
      <List
        page={page}
        title={t.jobs}
        rows={jobs}
        empty={t.noJobs}
        before={jobs.length > 0 && <PostButton action="/admin/jobs">{t.retry}</PostButton>}
        columns={[
          { label: t.job, cell: (job) => `${job.name} ${job.key ?? ''}` },
          { label: t.error, cell: (job) => job.error?.split('\n')[0] ?? '' },
          { label: t.attempts, numeric: true, cell: (job) => formatNumber(job.attempts, page.locale) },
          { label: t.since, minor: true, cell: (job) => when(job.createdAt, page.locale) },
        ]}
      />,
    )
  })
  server.post('/admin/jobs', async (_request, reply) => {
    await retryDeadJobs(app.db)
    return reply.redirect('/admin/jobs', 303)
  })

  server.get<ListRequest>('/admin/facts', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const [cursor, q] = [textOf(request.query.cursor), textOf(request.query.q)]
    const facts = await listFacts(app.db, { cursor, q, limit: 100 })
    return sendPage(
      reply,
      <List
        page={page}
        title={t.facts}
        rows={facts.data}
        nextCursor={facts.nextCursor}
        empty={t.noFacts}
        before={<Search page={page} q={q ?? ''} words={t.searchFacts} />}
        columns={[
          { label: t.kind, cell: (fact) => fact.kind },
          {
            label: t.subjectOf,
            cell: (fact) => (
              <span>
                <span class="number">{fact.subject}</span>
                {fact.eventSlug && <span class="hint block">{fact.eventSlug}</span>}
              </span>
            ),
          },
          { label: t.by, cell: (fact) => <span class="number">{fact.actor}</span> },
          { label: t.since, cell: (fact) => when(fact.at, page.locale) },
          { label: t.details, minor: true, cell: (fact) => <code class="small">{JSON.stringify(fact.data)}</code> },
        ]}
      />,
    )
  })

  server.get('/admin/mails', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    return sendPage(
      reply,
      <List
        page={page}
        title={t.mails}
        rows={await listMails(app.db)}
        empty={t.noMails}
        columns={[
          { label: t.subject, cell: (mail) => mail.subject },
          { label: t.recipient, cell: (mail) => mail.recipient },
          {
            label: t.status,
            cell: (mail) => (
              <>
                <Badge tone={mail.status === 'failed' ? 'bad' : mail.status === 'queued' ? 'warn' : 'plain'}>{mail.status}</Badge> {mail.error}
              </>
            ),
          },
          { label: t.since, minor: true, cell: (mail) => when(mail.createdAt, page.locale) },
        ]}
      />,
    )
  })
}

type ListProps<Row> = {
  page: PageContext
  title: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  empty?: string
  nextCursor?: string | null
  before?: ComponentChildren
}

function List<Row>({ page, title, rows, columns, empty, nextCursor = null, before }: ListProps<Row>) {
  return (
    <AdminFrame page={page} title={title}>
      {before}
      <DataTable caption={title} rows={rows} columns={columns} empty={<p>{empty}</p>} />
      <Pager page={page} nextCursor={nextCursor} />
    </AdminFrame>
  )
}

function Search({ page, q, words = page.t.admin.search }: { page: PageContext; q: string; words?: string }) {
  const t = page.t.admin
  return (
    <form class="row" role="search">
      <input class="input" type="search" name="q" value={q} aria-label={words} placeholder={words} />
      <Button kind="secondary">{t.searchButton}</Button>
    </form>
  )
}

function Review({ page, event }: { page: PageContext; event: WaitingEvent }) {
  const t = page.t.admin
  return (
    <form method="post" action={`/admin/events/${event.slug}`} class="row">
      <input class="input" name="reason" aria-label={t.rejectReason} placeholder={t.rejectReason} maxLength={500} />
      <Button kind="primary" name="decision" value="approve">
        {t.approve}
      </Button>
      <Button kind="quiet" name="decision" value="reject">
        {t.reject}
      </Button>
    </form>
  )
}

function Close({ page, entry }: { page: PageContext; entry: MoneyCase }) {
  const t = page.t.admin
  if (entry.status !== 'MANUAL_REQUIRED') return null
  return (
    <form method="post" action={`/admin/refunds/${entry.id}`} class="row">
      <input class="input" name="reference" required aria-label={t.reference} placeholder={t.reference} maxLength={100} />
      <Button kind="secondary">{t.closeRefund}</Button>
    </form>
  )
}
