// /admin/refunds: money on its way back; what failed is tried again, what a person paid is closed with the proof.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { closeManualRefund } from '#src/modules/payments/close-manual-refund.ts'
import { REFUND_STATES, type RefundStatus } from '#src/modules/payments/refund.ts'
import { retryRefund } from '#src/modules/payments/retry-refund.ts'
import type { App } from '#src/platform/app.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import { findAdminRefund, listPostings, listRefunds, type AdminRefund, type PostedEntry } from '#src/reads/admin-money.ts'
import { Badge, Button, Facts, Notice, Price, type Column, type Tone } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { formatMoney } from '#src/kernel/money.ts'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, askedOne, Filters, History, When, type ListRequest, type Query } from './admin-list.tsx'
import { failureWords, MoneyTrail } from './money-parts.tsx'
import { act } from './staff-action.tsx'

const STATUSES = Object.keys(REFUND_STATES) as RefundStatus[]
const TONES: Record<string, Tone | 'plain'> = { REQUESTED: 'info', PENDING: 'info', SUCCEEDED: 'good', FAILED: 'bad', MANUAL_REQUIRED: 'warn' }

type OneRefund = { page: PageContext; refund: AdminRefund; entries: PostedEntry[]; facts: AdminFact[] }

export async function adminRefundPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/refunds', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const { query } = request
    const refunds = await listRefunds(app.db, {
      q: asked(query, 'q'),
      status: askedOne(query, 'status', ['todo', ...STATUSES]),
      cursor: asked(query, 'cursor'),
      limit: 50,
    })
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.refunds}
        rows={refunds.data}
        nextCursor={refunds.nextCursor}
        empty={t.noRefunds}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.searchRefunds}
            selects={[
              {
                name: 'status',
                label: t.status,
                options: [['todo', t.refundsToDo], ...STATUSES.map((status) => [status, page.t.organizer.refundStatuses[status]] as const)],
              },
            ]}
          />
        }
        columns={refundColumns(page)}
      />,
    )
  })

  async function load(page: PageContext, id: string): Promise<OneRefund> {
    const refund = await findAdminRefund(app.db, id)
    if (!refund) throw kernelError('not_found')
    const [entries, facts] = await Promise.all([listPostings(app.db, [refund.id]), listFacts(app.db, { about: [`refund:${refund.id}`], limit: 20 })])
    return { page, refund, entries, facts: facts.data }
  }
  const again = (id: string) => async (page: PageContext, form: FormState) => <RefundScreen {...await load(page, id)} form={form} done={undefined} />

  server.get<{ Params: { id: string }; Querystring: Query }>('/admin/refunds/:id', async (request, reply) => {
    const page = pageOf(request)
    return sendPage(reply, <RefundScreen {...await load(page, request.params.id)} form={emptyForm} done={asked(request.query, 'done')} />)
  })
  server.post<{ Params: { id: string } }>('/admin/refunds/:id/close', async (request, reply) => {
    const { id } = request.params
    return act(app, request, reply, {
      back: `/admin/refunds/${id}`,
      done: 'refundClosed',
      fieldOf: { operator_reference_required: 'reference' },
      work: (form, actor) => closeManualRefund(app, actor, { refundId: id, operatorReference: form.text('reference').slice(0, 100) }),
      again: again(id),
    })
  })
  for (const by of ['provider', 'hand'] as const) {
    server.post<{ Params: { id: string } }>(`/admin/refunds/:id/retry-by-${by}`, async (request, reply) => {
      const { id } = request.params
      return act(app, request, reply, {
        back: `/admin/refunds/${id}`,
        done: by === 'hand' ? 'refundByHand' : 'refundRetried',
        work: (_form, actor) => retryRefund(app, actor, { refundId: id, by }),
        again: again(id),
      })
    })
  }
}

export function RefundBadge({ page, status }: { page: PageContext; status: string }) {
  return <Badge tone={TONES[status] ?? 'plain'}>{page.t.organizer.refundStatuses[status as RefundStatus]}</Badge>
}

export function refundColumns(page: PageContext): Column<AdminRefund>[] {
  const t = page.t.admin
  return [
    {
      label: t.refund,
      cell: (refund) => (
        <>
          <a href={`/admin/refunds/${refund.id}`}>
            <Price page={page} money={refund} />
          </a>{' '}
          <RefundBadge page={page} status={refund.status} />
          {refund.failure && <span class="hint block">{refundFailure(page, refund.failure)}</span>}
        </>
      ),
    },
    { label: t.cause, minor: true, cell: (refund) => t.causes[refund.cause as keyof typeof t.causes] },
    { label: t.order, cell: (refund) => refund.orderCode && <a href={`/admin/orders/${refund.orderCode}`}>{refund.orderCode}</a> },
    { label: t.provider, minor: true, cell: (refund) => methodName(page.t.checkout, refund.provider) },
    { label: t.organizer, minor: true, cell: (refund) => refund.organizerName },
    { label: t.at, minor: true, cell: (refund) => <When page={page} date={refund.createdAt} /> },
  ]
}

function refundFailure(page: PageContext, failure: string): string {
  return failure === 'insufficient_merchant_funds' ? page.t.admin.merchantFunds : failureWords(page, failure)
}

function RefundScreen({ page, refund, entries, facts, form, done }: OneRefund & { form: FormState; done: string | undefined }) {
  const t = page.t.admin
  const amount = formatMoney(refund, page.locale)
  return (
    <AdminFrame page={page} title={t.refundOf(amount)} under={['/admin/refunds', t.refunds]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [t.status, <RefundBadge page={page} status={refund.status} />],
          [t.whyFailedOne, refund.failure && refundFailure(page, refund.failure)],
          [t.cause, t.causes[refund.cause as keyof typeof t.causes]],
          [t.reason, refund.reason],
          [t.ticketsTaken, refund.tickets > 0 && formatNumber(refund.tickets, page.locale)],
          [t.order, refund.orderCode && <a href={`/admin/orders/${refund.orderCode}`}>{refund.orderCode}</a>],
          [t.payment, <a href={`/admin/payments/${refund.paymentId}`}>{methodName(page.t.checkout, refund.provider)}</a>],
          [t.organizer, refund.organizerName],
          [t.by, refund.requestedBy],
          [t.operatorReference, refund.operatorReference && <span class="number">{refund.operatorReference}</span>],
          [t.retryOf, refund.retryOf && <a href={`/admin/refunds/${refund.retryOf}`}>{t.formerRefund}</a>],
          [t.at, <When page={page} date={refund.createdAt} />],
          [t.lastChange, <When page={page} date={refund.updatedAt} />],
        ]}
      />
      {refund.status === 'MANUAL_REQUIRED' && (
        <section class="stack">
          <h2>{t.byHand}</h2>
          <form method="post" action={`/admin/refunds/${refund.id}/close`} class="form" novalidate>
            <p>{t.byHandHint(amount)}</p>
            <TextField form={form} name="reference" label={t.reference} hint={t.referenceHint} required maxlength={100} size="medium" />
            <Button>{t.closeRefund}</Button>
          </form>
        </section>
      )}
      {refund.status === 'FAILED' &&
        (refund.retriedAs ? (
          <Notice title={t.retriedAs}>
            <p>
              <a href={`/admin/refunds/${refund.retriedAs}`}>{t.seeRetry}</a>
            </p>
          </Notice>
        ) : (
          <section class="stack">
            <h2>{t.giveBackAgain}</h2>
            <p>{t.giveBackAgainHint(amount)}</p>
            <div class="actions">
              <form method="post" action={`/admin/refunds/${refund.id}/retry-by-provider`}>
                <Button>{t.retryByProvider}</Button>
              </form>
              <form method="post" action={`/admin/refunds/${refund.id}/retry-by-hand`}>
                <Button kind="secondary">{t.retryByHand}</Button>
              </form>
            </div>
          </section>
        ))}
      <MoneyTrail page={page} entries={entries} />
      <History page={page} facts={facts} about={`refund:${refund.id}`} />
    </AdminFrame>
  )
}
