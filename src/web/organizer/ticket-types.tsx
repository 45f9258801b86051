// /organizer/events/{slug}/tickets: what is sold, at what price, how many, when.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { currencyExponent, type Money } from '#src/kernel/money.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { createTicketType } from '#src/modules/ticketing/create-ticket-type.ts'
import { deleteTicketType } from '#src/modules/ticketing/delete-ticket-type.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { Quota } from '#src/modules/ticketing/quota.ts'
import { listQuotas } from '#src/modules/ticketing/resize-quota.ts'
import { updateTicketType } from '#src/modules/ticketing/update-ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, DataTable, LinkButton, PostButton } from '../ui/components.tsx'
import { CheckField, ErrorSummary, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatNumber, formatShare } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'
import { TypePrice, TypeState } from './event-figures.tsx'

type TypesRequest = { Params: { slug: string } }
type TypeRequest = { Params: { slug: string; id: string } }

const FIELD_OF = { ticket_type_name_taken: 'name', quota_below_sold: 'quantity', '/body/price/amount': 'price' }

export async function ticketTypePages(server: FastifyInstance, app: App): Promise<void> {
  async function load(actor: PageContext['actor'], slug: string) {
    const event = await getTeamEvent(app, actor, slug)
    const [types, quotas] = await Promise.all([listTicketTypes(app, event.id, { hidden: true }), listQuotas(app, actor, slug)])
    return { event, types, shared: quotas.filter((quota) => quota.kind === 'shared'), now: app.clock.now() }
  }

  async function loadType(actor: PageContext['actor'], { slug, id }: TypeRequest['Params']) {
    const { event, types } = await load(actor, slug)
    const type = types.find((candidate) => candidate.id === Number(id))
    if (!type) throw kernelError('not_found')
    return { event, type }
  }

  server.get<TypesRequest>('/organizer/events/:slug/tickets', async (request, reply) =>
    sendPage(
      reply,
      <Types page={pageOf(request)} {...await load(request.actor, request.params.slug)} form={freshForm({ maxPerOrder: 10, minPerOrder: 1 })} />,
    ),
  )

  server.post<TypesRequest>('/organizer/events/:slug/tickets', async (request, reply) => {
    const page = pageOf(request)
    const screen = await load(request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const quotaId = screen.shared.find((quota) => String(quota.id) === form.text('quotaId'))?.id
    const { quantity, ...input } = readType(form, screen.event, undefined, quotaId !== undefined)
    const again = (state: FormState, status: number) => sendPage(reply, <Types page={page} {...screen} form={state} />, { status })
    if (form.failed()) return again(form.state(), 422)
    try {
      await createTicketType(app, request.actor, screen.event.slug, { ...input, ...(quotaId === undefined ? { quantity } : { quotaId }) })
      return reply.redirect(eventPath(screen.event, 'tickets'), 303)
    } catch (error) {
      return again(refusedForm(page, form, error, FIELD_OF), statusOf(error))
    }
  })

  server.get<TypeRequest>('/organizer/events/:slug/tickets/:id', async (request, reply) => {
    const { event, type } = await loadType(request.actor, request.params)
    return sendPage(reply, <OneType page={pageOf(request)} event={event} type={type} form={formOf(type, event)} />)
  })

  server.post<TypeRequest>('/organizer/events/:slug/tickets/:id', async (request, reply) => {
    const page = pageOf(request)
    const { event, type } = await loadType(request.actor, request.params)
    const form = readForm(page, request.body)
    const { quantity, ...input } = readType(form, event, type)
    const again = (state: FormState, status: number) => sendPage(reply, <OneType page={page} event={event} type={type} form={state} />, { status })
    if (form.failed()) return again(form.state(), 422)
    try {
      await updateTicketType(app, request.actor, type.id, { ...input, ...(type.quota.kind === 'own' ? { quantity } : {}) })
      return reply.redirect(eventPath(event, 'tickets'), 303)
    } catch (error) {
      return again(refusedForm(page, form, error, FIELD_OF), statusOf(error))
    }
  })

  server.post<TypeRequest>('/organizer/events/:slug/tickets/:id/delete', async (request, reply) => {
    const page = pageOf(request, eventPath(request.params, 'tickets', request.params.id))
    const { event, type } = await loadType(request.actor, request.params)
    try {
      await deleteTicketType(app, request.actor, type.id)
      return reply.redirect(eventPath(event, 'tickets'), 303)
    } catch (error) {
      const form = refusedForm(page, { values: formOf(type, event).values }, error)
      return sendPage(reply, <OneType page={page} event={event} type={type} form={form} />, { status: statusOf(error) })
    }
  })
}

function formOf(type: TicketType, event: Event): FormState {
  const local = (date: Date | null) => date && toLocalTime(date, event.timezone)
  const { name, description, minPerOrder, maxPerOrder, usageLimit, usagePeriod } = type
  return freshForm({
    name,
    description,
    minPerOrder,
    maxPerOrder,
    usageLimit,
    usagePeriod,
    price: majorUnits(type.facePrice),
    quantity: type.quota.size,
    saleStartsAt: local(type.saleStartsAt),
    saleEndsAt: local(type.saleEndsAt),
    validFrom: local(type.validFrom),
    validTo: local(type.validTo),
    hidden: type.hidden ? 'on' : '',
  })
}

/** As it is typed: whole francs, euros with cents. */
export function majorUnits({ amount, currency }: Money): string {
  const exponent = currencyExponent(currency)
  return exponent === 0 ? String(amount) : (amount / 10 ** exponent).toFixed(exponent).replace('.', ',')
}

function readType(form: FormReader, event: Event, current?: TicketType, shares = current !== undefined && current.quota.kind !== 'own') {
  const moment = (name: string) => form.moment(name, event.timezone) ?? null
  return {
    name: form.required('name', 120) ?? '',
    description: form.text('description'),
    price: { amount: form.money('price', event.currency) ?? 0, currency: event.currency },
    quantity: !shares ? form.integer('quantity', { required: true, max: 10_000_000 }) : undefined,
    minPerOrder: form.integer('minPerOrder', { min: 1, max: 100 }) ?? 1,
    maxPerOrder: form.integer('maxPerOrder', { min: 1, max: 100 }) ?? 10,
    saleStartsAt: moment('saleStartsAt'),
    saleEndsAt: moment('saleEndsAt'),
    validFrom: moment('validFrom'),
    validTo: moment('validTo'),
    usageLimit: form.integer('usageLimit', { min: 1, max: 10_000 }) ?? null,
    usagePeriod: form.text('usagePeriod') === 'day' ? ('day' as const) : ('event' as const),
    hidden: form.checked('hidden'),
  }
}

function labelsOf({ t: { organizer: t } }: PageContext, event: Event): Record<string, string> {
  return {
    name: t.typeName,
    price: t.priceIn(event.currency),
    quantity: t.quantity,
    minPerOrder: t.minPerOrder,
    maxPerOrder: t.maxPerOrder,
    saleStartsAt: t.saleStarts,
    saleEndsAt: t.saleEnds,
    validFrom: t.validFrom,
    validTo: t.validTo,
    usageLimit: t.usageLimit,
  }
}

function Types({
  page,
  event,
  types,
  shared,
  now,
  form,
}: {
  page: PageContext
  event: Event
  types: TicketType[]
  shared: Quota[]
  now: Date
  form: FormState
}) {
  const t = page.t.organizer
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <EventFrame page={page} event={event} title={t.tickets} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} labels={labelsOf(page, event)} />
      <DataTable
        caption={t.tickets}
        rows={types}
        columns={[
          { label: t.type, cell: (type) => <a href={eventPath(event, 'tickets', type.id)}>{type.name}</a> },
          { label: t.price, numeric: true, cell: (type) => <TypePrice page={page} type={type} /> },
          { label: t.sold, numeric: true, cell: (type) => t.soldOf(count(type.quota.sold), count(type.quota.size)) },
          { label: t.status, cell: (type) => <TypeState page={page} type={type} event={event} now={now} /> },
        ]}
      />
      {isEditable(event) && (
        <section class={types.length > 0 ? 'group' : 'stack'}>
          <h2>{t.addType}</h2>
          <form class="form" method="post" action={eventPath(event, 'tickets')} novalidate>
            <TypeFields page={page} event={event} form={form} shared={shared} />
            <Button>{t.addType}</Button>
          </form>
          <p>
            <a href={eventPath(event, 'quotas')}>{t.quotas}</a> <span class="hint">{t.quotasHint}</span>
          </p>
        </section>
      )}
    </EventFrame>
  )
}

function OneType({ page, event, type, form }: { page: PageContext; event: Event; type: TicketType; form: FormState }) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={type.name} failed={hasErrors(form)} under={[eventPath(event, 'tickets'), t.tickets]}>
      <ErrorSummary page={page} form={form} labels={labelsOf(page, event)} />
      <form class="form" method="post" action={eventPath(event, 'tickets', type.id)} novalidate>
        <TypeFields page={page} event={event} form={form} type={type} />
        <div class="actions">
          <Button>{page.t.common.save}</Button>
          <LinkButton kind="quiet" href={eventPath(event, 'tickets')}>
            {page.t.common.cancel}
          </LinkButton>
        </div>
      </form>
      {type.quota.sold + type.quota.held === 0 && (
        <div class="group">
          <div class="actions">
            <PostButton kind="danger" action={eventPath(event, 'tickets', type.id, 'delete')}>
              {t.deleteType}
            </PostButton>
          </div>
        </div>
      )}
    </EventFrame>
  )
}

function TypeFields({
  page,
  event,
  form,
  type,
  shared = [],
}: {
  page: PageContext
  event: Event
  form: FormState
  type?: TicketType
  shared?: readonly Quota[]
}) {
  const t = page.t.organizer
  const { optional } = page.t.common
  const moreWrong = ['minPerOrder', 'maxPerOrder', 'saleStartsAt', 'saleEndsAt', 'validFrom', 'validTo', 'usageLimit'].some(
    (name) => form.errors[name],
  )
  return (
    <>
      <TextField form={form} name="name" label={t.typeName} hint={t.typeNameHint} required maxlength={120} />
      <div class="fields">
        <TextField
          form={form}
          name="price"
          label={t.priceIn(event.currency)}
          hint={event.feeBps ? page.t.fees.onTop(formatShare(event.feeBps, 10_000, page.locale)!) : t.priceHint}
          inputmode="decimal"
          required
          size="medium"
        />
        {!type || type.quota.kind === 'own' ? (
          <TextField
            form={form}
            name="quantity"
            label={t.quantity}
            hint={type ? t.quantitySold(formatNumber(type.quota.sold + type.quota.held, page.locale)) : t.quantityHint}
            inputmode="numeric"
            required={shared.length === 0}
            size="medium"
          />
        ) : (
          <p class="hint">{t.sharedQuota(type.quota.name, formatNumber(type.quota.size, page.locale))}</p>
        )}
      </div>
      {shared.length > 0 && (
        <SelectField
          form={form}
          name="quotaId"
          label={t.quotaOf}
          hint={t.quotaOfHint}
          size="medium"
          options={[
            ['', t.ownQuota],
            ...shared.map((quota) => [String(quota.id), t.sharedOption(quota.name, formatNumber(quota.size, page.locale))] as const),
          ]}
        />
      )}
      <TextArea form={form} name="description" label={t.typeDescription} optional={optional} rows={2} maxlength={1000} />
      <details open={moreWrong}>
        <summary>{t.moreRules}</summary>
        <div class="stack stack--form">
          <div class="fields">
            <TextField form={form} name="minPerOrder" label={t.minPerOrder} inputmode="numeric" size="short" />
            <TextField form={form} name="maxPerOrder" label={t.maxPerOrder} inputmode="numeric" size="short" />
          </div>
          <div class="fields">
            <TextField form={form} name="saleStartsAt" label={t.saleStarts} hint={t.saleStartsHint} type="datetime-local" />
            <TextField form={form} name="saleEndsAt" label={t.saleEnds} hint={t.saleEndsHint} type="datetime-local" />
          </div>
          <div class="fields">
            <TextField form={form} name="validFrom" label={t.validFrom} hint={t.validHint} type="datetime-local" />
            <TextField form={form} name="validTo" label={t.validTo} type="datetime-local" />
          </div>
          <div class="fields">
            <TextField form={form} name="usageLimit" label={t.usageLimit} hint={t.usageLimitHint} inputmode="numeric" size="short" />
            <SelectField
              form={form}
              name="usagePeriod"
              label={t.usagePeriod}
              options={[
                ['event', t.usagePeriods.event],
                ['day', t.usagePeriods.day],
              ]}
            />
          </div>
          <CheckField form={form} name="hidden" label={t.hideType} hint={t.hideTypeHint} />
        </div>
      </details>
    </>
  )
}
