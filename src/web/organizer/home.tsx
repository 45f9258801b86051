// /organizer: my events with their numbers; for newcomers, the first step.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import type { Page } from '#src/kernel/page.ts'
import { createOrganizer } from '#src/modules/identity/create-organizer.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { listOrganizerEvents, type OrganizerEvent } from '#src/reads/organizer-events.ts'
import { statusOf } from '../error-page.tsx'
import { Button, DataTable, EmptyState, LinkButton, Pager } from '../ui/components.tsx'
import { ErrorSummary, SelectField, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { formatMoment, formatNumber } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { countryOptions } from './choices.ts'
import { eventPath, StatusBadge } from './event-frame.tsx'

export async function organizerHomePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: { cursor?: string } }>('/organizer', async (request, reply) => {
    const page = pageOf(request)
    const account = requireAccount(request.actor)
    if (account.memberships.length === 0) return sendPage(reply, <Found page={page} form={freshForm({ country: 'BJ' })} />)
    const { cursor } = request.query
    const events = await listOrganizerEvents(app, account, { limit: 50, cursor: typeof cursor === 'string' ? cursor : undefined })
    const leads = account.memberships.some((m) => m.role === 'owner' || m.role === 'manager')
    return sendPage(reply, <Home page={page} events={events} leads={leads} several={account.memberships.length > 1} />)
  })

  server.get('/organizer/new', async (request, reply) => {
    requireAccount(request.actor)
    return sendPage(reply, <Found page={pageOf(request)} form={freshForm({ country: 'BJ' })} />)
  })

  server.post('/organizer/new', async (request, reply) => {
    const page = pageOf(request)
    const account = requireAccount(request.actor)
    const form = readForm(page, request.body)
    const name = form.required('name', 120)
    const country = form.choice('country', countryOptions(page.locale).map(([code]) => code))
    if (form.failed()) return sendPage(reply, <Found page={page} form={form.state()} />, { status: 422 })
    try {
      await createOrganizer(app, account, { name: name!, country: country! })
      return reply.redirect('/organizer', 303)
    } catch (error) {
      const state = refusedForm(page, form, error, { '/body/organizerName': 'name' })
      return sendPage(reply, <Found page={page} form={state} />, { status: statusOf(kernelError('invalid_input')) })
    }
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

function Found({ page, form }: { page: PageContext; form: FormState }) {
  const t = page.t.organizer
  return (
    <Layout page={page} title={t.found} narrow noindex failed={hasErrors(form)}>
      <h1>{t.found}</h1>
      <p class="lead">{t.foundHint}</p>
      <ErrorSummary page={page} form={form} />
      <form class="form" method="post" action="/organizer/new" novalidate>
        <TextField form={form} name="name" label={t.organizerName} hint={t.organizerNameHint} autocomplete="organization" required maxlength={120} />
        <SelectField form={form} name="country" label={t.country} options={countryOptions(page.locale)} size="medium" />
        <Button>{page.t.organizer.foundButton}</Button>
      </form>
    </Layout>
  )
}
