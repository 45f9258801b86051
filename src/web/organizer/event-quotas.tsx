// /organizer/events/{slug}/quotas: places that several ticket types share.
import type { FastifyInstance } from 'fastify'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { MAX_PLACES, type Quota } from '#src/modules/ticketing/quota.ts'
import { createQuota, listQuotas, resizeQuota } from '#src/modules/ticketing/resize-quota.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, EmptyState } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { requireId } from '../ui/params.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }
type QuotaRequest = { Params: { slug: string; id: string } }

export async function eventQuotaPages(server: FastifyInstance, app: App): Promise<void> {
  async function load(actor: PageContext['actor'], slug: string) {
    const event = await getTeamEvent(app, actor, slug)
    return { event, quotas: (await listQuotas(app, actor, slug)).filter((quota) => quota.kind === 'shared') }
  }

  server.get<SlugRequest>('/organizer/events/:slug/quotas', async (request, reply) =>
    sendPage(reply, <Quotas page={pageOf(request)} {...await load(request.actor, request.params.slug)} form={emptyForm} />),
  )

  server.post<SlugRequest>('/organizer/events/:slug/quotas', async (request, reply) => {
    const page = pageOf(request)
    const scene = await load(request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const name = form.required('name', 120)
    const size = form.integer('size', { required: true, max: MAX_PLACES })
    const again = (state: FormState, status: number) => sendPage(reply, <Quotas page={page} {...scene} form={state} />, { status })
    if (!name || size === undefined) return again(form.state(), 422)
    try {
      await createQuota(app, request.actor, scene.event.slug, { name, size })
      return reply.redirect(eventPath(scene.event, 'quotas'), 303)
    } catch (error) {
      return again(refusedForm(page, form, error), statusOf(error))
    }
  })

  server.post<QuotaRequest>('/organizer/events/:slug/quotas/:id', async (request, reply) => {
    const page = pageOf(request, eventPath(request.params, 'quotas'))
    const id = requireId(request.params.id)
    const scene = await load(request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const field = `size-${id}`
    const size = form.integer(field, { required: true, max: MAX_PLACES })
    const again = (state: FormState, status: number) => sendPage(reply, <Quotas page={page} {...scene} form={state} />, { status })
    if (size === undefined) return again(form.state(), 422)
    try {
      await resizeQuota(app, request.actor, scene.event.slug, id, size)
      return reply.redirect(eventPath(scene.event, 'quotas'), 303)
    } catch (error) {
      return again(refusedForm(page, form, error, { quota_below_sold: field }), statusOf(error))
    }
  })
}

function Quotas({ page, event, quotas, form }: { page: PageContext; event: Event; quotas: Quota[]; form: FormState }) {
  const t = page.t.organizer
  const count = (value: number) => formatNumber(value, page.locale)
  const labels = { name: t.name, size: t.quantity, ...Object.fromEntries(quotas.map((quota) => [`size-${quota.id}`, quota.name])) }
  return (
    <EventFrame page={page} event={event} title={t.quotas} failed={hasErrors(form)} under={[eventPath(event, 'tickets'), t.tickets]}>
      <p class="lead">{t.quotasHint}</p>
      <ErrorSummary page={page} form={form} labels={labels} />
      {quotas.length === 0 ? (
        <EmptyState title={t.noQuotas}>
          <p>{t.noQuotasHint}</p>
        </EmptyState>
      ) : (
        <ul class="plain-list">
          {quotas.map((quota) => (
            <li key={quota.id} class="holder">
              <p>
                <strong>{quota.name}</strong> <span class="soft">{t.quantitySold(count(quota.sold + quota.held))}</span>
              </p>
              {isEditable(event) ? (
                <form method="post" action={eventPath(event, 'quotas', quota.id)} class="holder-form" novalidate>
                  <TextField
                    form={{ ...form, values: { [`size-${quota.id}`]: String(quota.size), ...form.values } }}
                    name={`size-${quota.id}`}
                    label={t.quantity}
                    inputmode="numeric"
                    size="medium"
                  />
                  <Button kind="secondary">{page.t.common.save}</Button>
                </form>
              ) : (
                <p>{count(quota.size)}</p>
              )}
            </li>
          ))}
        </ul>
      )}
      {isEditable(event) && (
        <section class="group">
          <h2>{t.addQuota}</h2>
          <form class="form" method="post" action={eventPath(event, 'quotas')} novalidate>
            <TextField form={form} name="name" label={t.name} hint={t.quotaNameHint} required maxlength={120} />
            <TextField form={form} name="size" label={t.quantity} inputmode="numeric" required size="medium" />
            <Button>{t.addQuota}</Button>
          </form>
        </section>
      )}
    </EventFrame>
  )
}
