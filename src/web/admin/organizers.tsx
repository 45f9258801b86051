// /admin/organizers: tenants; one with its team, events and money, its commission and whether it may sell.
import type { FastifyInstance } from 'fastify'
import { formatMoney } from '#src/kernel/money.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { changeCommission, MAX_COMMISSION_BPS, resumeSales, suspendSales } from '#src/modules/identity/supervise-organizer.ts'
import { organizerStatement, type StatementLine } from '#src/modules/payments/ledger.ts'
import type { App } from '#src/platform/app.ts'
import { readSettings } from '#src/platform/settings.ts'
import { listAdminEvents, type AdminEvent } from '#src/reads/admin-events.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import { countOnSale, findAdminOrganizer, listOrganizers, listTeam, type AdminOrganizer, type TeamMember } from '#src/reads/admin-organizers.ts'
import { countryName } from '../organizer/choices.ts'
import { Badge, Button, DataTable, Facts, KeyFigures, LinkButton, Notice, PostButton, Price } from '../ui/components.tsx'
import { ErrorSummary, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatDay, formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, Filters, History, When, type ListRequest, type Query } from './admin-list.tsx'
import { eventColumns } from './events.tsx'
import { percentText, readPercent } from './percent.ts'
import { act, ProofField } from './staff-action.tsx'

type OrganizerRequest = { Params: { slug: string }; Querystring: Query }

type OneOrganizerProps = {
  page: PageContext
  organizer: AdminOrganizer
  team: TeamMember[]
  events: AdminEvent[]
  statement: StatementLine[]
  onSale: { events: number; waiting: number }
  facts: AdminFact[]
  /** The platform's own rate, in basis points. */
  platformBps: number
  now: Date
}

export async function adminOrganizerPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/organizers', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const { query } = request
    const state = asked(query, 'state')
    const organizers = await listOrganizers(app.db, {
      q: asked(query, 'q'),
      suspended: state === 'suspended' ? true : state === 'selling' ? false : undefined,
      cursor: asked(query, 'cursor'),
      limit: 50,
    })
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.organizers}
        rows={organizers.data}
        nextCursor={organizers.nextCursor}
        empty={t.noOrganizers}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.searchOrganizers}
            selects={[
              {
                name: 'state',
                label: t.sales,
                options: [
                  ['selling', t.selling],
                  ['suspended', t.salesSuspended],
                ],
              },
            ]}
          />
        }
        columns={[
          {
            label: t.name,
            cell: (organizer) => (
              <>
                <a href={`/admin/organizers/${organizer.slug}`}>{organizer.name}</a>{' '}
                {organizer.salesSuspendedAt && <Badge tone="bad">{t.salesSuspended}</Badge>}
              </>
            ),
          },
          { label: t.country, minor: true, cell: (organizer) => countryName(organizer.country, page.locale) },
          { label: t.eventCount, numeric: true, minor: true, cell: (organizer) => formatNumber(organizer.events, page.locale) },
          { label: t.sold, numeric: true, cell: (organizer) => formatNumber(organizer.sold, page.locale) },
          {
            label: t.gross,
            numeric: true,
            cell: (organizer) => <Amount page={page} amount={organizer.gross} currency={organizer.currency} />,
          },
          { label: t.since, minor: true, cell: (organizer) => <When page={page} date={organizer.createdAt} /> },
        ]}
      />,
    )
  })

  async function load(page: PageContext, slug: string): Promise<OneOrganizerProps> {
    const organizer = await findAdminOrganizer(app.db, slug)
    if (!organizer) throw kernelError('not_found')
    const [team, events, statement, onSale, facts, settings] = await Promise.all([
      listTeam(app.db, organizer.id),
      listAdminEvents(app.db, { organizerId: organizer.id, limit: 20 }),
      organizerStatement(app.db, organizer.id),
      countOnSale(app.db, organizer.id),
      listFacts(app.db, { about: [`organizer:${organizer.id}`], limit: 20 }),
      readSettings(app),
    ])
    return {
      page,
      organizer,
      team,
      events: events.data,
      statement,
      onSale,
      facts: facts.data,
      platformBps: settings.commissionBps,
      now: app.clock.now(),
    }
  }

  server.get<OrganizerRequest>('/admin/organizers/:slug', async (request, reply) => {
    const page = pageOf(request)
    const one = await load(page, request.params.slug)
    return sendPage(reply, <OneOrganizer {...one} form={freshForm({})} done={asked(request.query, 'done')} />)
  })
  const again = (slug: string) => async (page: PageContext, form: FormState) => (
    <OneOrganizer {...await load(page, slug)} form={form} done={undefined} />
  )

  server.post<OrganizerRequest>('/admin/organizers/:slug/commission', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `/admin/organizers/${slug}`,
      done: 'commissionChanged',
      work: async (form, actor) => {
        const commissionBps = form.text('commission') === '' ? null : readPercent(form, 'commission', MAX_COMMISSION_BPS)
        if (commissionBps !== undefined) await changeCommission(app, actor, { slug, commissionBps })
      },
      again: again(slug),
    })
  })
  server.post<OrganizerRequest>('/admin/organizers/:slug/suspend-sales', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `/admin/organizers/${slug}`,
      done: 'salesSuspended',
      work: async (form, actor) => {
        const reason = form.required('reason', 500)
        if (reason) await suspendSales(app, actor, { slug, reason })
      },
      again: again(slug),
    })
  })
  server.post<OrganizerRequest>('/admin/organizers/:slug/resume-sales', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `/admin/organizers/${slug}`,
      done: 'salesResumed',
      work: (_form, actor) => resumeSales(app, actor, { slug }),
      again: again(slug),
    })
  })
}

function Amount({ page, amount, currency }: { page: PageContext; amount: number; currency: string }) {
  return <Price page={page} money={{ amount, currency }} />
}

function OneOrganizer(props: OneOrganizerProps & { form: FormState; done: string | undefined }) {
  const { page, organizer, team, events, statement, facts, platformBps, now, form, done } = props
  const t = page.t.admin
  const owed = [...Map.groupBy(statement, (line) => line.currency)].map(([currency, lines]) => ({
    label: t.owed,
    value: formatMoney({ amount: lines.reduce((sum, line) => sum + line.amount, 0), currency }, page.locale),
  }))
  const rate = percentText(organizer.commissionBps ?? platformBps, page.locale)
  return (
    <AdminFrame page={page} title={organizer.name} under={['/admin/organizers', t.organizers]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      {organizer.salesSuspendedAt && (
        <Notice tone="bad" title={t.salesSuspended}>
          <p>
            <When page={page} date={organizer.salesSuspendedAt} />
          </p>
          <PostButton action={`/admin/organizers/${organizer.slug}/resume-sales`}>{t.resumeSales}</PostButton>
        </Notice>
      )}
      <KeyFigures
        figures={[
          { label: t.eventCount, value: formatNumber(organizer.events, page.locale) },
          { label: t.sold, value: formatNumber(organizer.sold, page.locale) },
          { label: t.gross, value: formatMoney({ amount: organizer.gross, currency: organizer.currency }, page.locale) },
          ...owed,
        ]}
      />
      <Facts
        rows={[
          [t.country, countryName(organizer.country, page.locale)],
          [t.commission, organizer.commissionBps === null ? t.platformRate(rate) : rate],
          [t.since, formatDay(organizer.createdAt, 'UTC', page.locale)],
        ]}
      />
      <div class="actions">
        <LinkButton kind="quiet" href={`/organizers/${organizer.slug}`}>
          {t.publicPage}
        </LinkButton>
      </div>
      <section class="stack">
        <h2>{t.team}</h2>
        <DataTable
          caption={t.team}
          rows={team}
          columns={[
            { label: t.name, cell: (member) => <a href={`/admin/users/${member.publicId}`}>{member.name || member.email}</a> },
            {
              label: t.role,
              cell: (member) => (
                <>
                  {page.t.team.roles[member.role as keyof PageContext['t']['team']['roles']]}{' '}
                  {!member.confirmed && <Badge tone="warn">{t.invited}</Badge>}
                </>
              ),
            },
            { label: t.email, minor: true, cell: (member) => member.email },
          ]}
        />
      </section>
      <section class="stack">
        <h2>{t.eventCount}</h2>
        <DataTable
          caption={t.eventCount}
          rows={events}
          empty={<p>{t.noEventsOf}</p>}
          columns={eventColumns(page).filter((column) => column.label !== t.organizer)}
        />
      </section>
      <Statement {...props} />
      <section class="stack">
        <h2>{t.commission}</h2>
        <form method="post" action={`/admin/organizers/${organizer.slug}/commission`} class="form" novalidate>
          <TextField
            form={{
              ...form,
              values: { commission: organizer.commissionBps === null ? '' : percentText(organizer.commissionBps, page.locale), ...form.values },
            }}
            name="commission"
            label={t.commissionField}
            hint={t.commissionHint(percentText(platformBps, page.locale))}
            inputmode="decimal"
            size="short"
          />
          <ProofField page={page} form={form} now={now} />
          <Button kind="secondary">{t.changeCommission}</Button>
        </form>
      </section>
      {!organizer.salesSuspendedAt && <SuspendSales {...props} />}
      <History page={page} facts={facts} about={`organizer:${organizer.id}`} />
    </AdminFrame>
  )
}

function Statement({ page, statement }: OneOrganizerProps) {
  const t = page.t.admin
  const lines = [...Map.groupBy(statement, (line) => `${line.kind} ${line.currency}`).values()].map((group) => ({
    ...group[0]!,
    count: group.reduce((sum, line) => sum + line.count, 0),
    amount: group.reduce((sum, line) => sum + line.amount, 0),
  }))
  return (
    <section class="stack">
      <h2>{t.statement}</h2>
      <DataTable
        caption={t.statement}
        rows={lines}
        empty={<p>{t.noStatement}</p>}
        columns={[
          { label: t.posting, cell: (line) => t.postings[line.kind] },
          { label: t.count, numeric: true, cell: (line) => formatNumber(line.count, page.locale) },
          { label: t.amount, numeric: true, cell: (line) => <Amount page={page} amount={line.amount} currency={line.currency} /> },
        ]}
      />
    </section>
  )
}

function SuspendSales({ page, organizer, onSale, form, now }: OneOrganizerProps & { form: FormState }) {
  const t = page.t.admin
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <section class="stack">
      <h2>{t.suspendSales}</h2>
      <form method="post" action={`/admin/organizers/${organizer.slug}/suspend-sales`} class="form" novalidate>
        <p>{t.suspendSalesHint(onSale.events, count(onSale.events), count(onSale.waiting))}</p>
        <TextArea form={form} name="reason" label={t.suspendReason} rows={3} maxlength={500} />
        <ProofField page={page} form={form} now={now} />
        <Button kind="danger">{t.suspendSales}</Button>
      </form>
    </section>
  )
}
