// /admin/payments: every attempt to collect money; one with what its provider sent, what the ledger says, and the way out of a review.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import { closeReview, REVIEW_DECISIONS } from '#src/modules/payments/close-review.ts'
import { FINAL_STATUSES, OPEN_STATUSES } from '#src/modules/payments/payment.ts'
import type { App } from '#src/platform/app.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import {
  findAdminPayment,
  listAttempts,
  listPayments,
  listPostings,
  listRefundsOfPayment,
  listWebhooks,
  type AdminPayment,
  type AdminRefund,
  type PostedEntry,
  type ReceivedWebhook,
} from '#src/reads/admin-money.ts'
import { Badge, Button, DataTable, Facts, Notice, Price } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextArea, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, askedOne, Filters, History, When, type ListRequest, type Query } from './admin-list.tsx'
import { MoneyTrail, PaymentBadge, paymentColumns, whyOf } from './money-parts.tsx'
import { refundColumns } from './refunds.tsx'
import { act, ProofField } from './staff-action.tsx'

const STATUSES = ['REVIEW', ...OPEN_STATUSES, ...FINAL_STATUSES] as const

type OnePayment = {
  page: PageContext
  payment: AdminPayment
  attempts: AdminPayment[]
  webhooks: ReceivedWebhook[]
  refunds: AdminRefund[]
  entries: PostedEntry[]
  facts: AdminFact[]
  now: Date
}

export async function adminPaymentPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/payments', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const { query } = request
    const payments = await listPayments(app.db, {
      q: asked(query, 'q'),
      provider: asked(query, 'provider'),
      status: askedOne(query, 'status', STATUSES),
      cursor: asked(query, 'cursor'),
      limit: 50,
    })
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.payments}
        rows={payments.data}
        nextCursor={payments.nextCursor}
        empty={t.noPayments}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.searchPayments}
            selects={[
              { name: 'status', label: t.status, options: STATUSES.map((status) => [status, page.t.organizer.paymentStatuses[status]] as const) },
              { name: 'provider', label: t.provider, options: [...app.providers.keys()].map((id) => [id, methodName(page.t.checkout, id)] as const) },
            ]}
          />
        }
        columns={paymentColumns(page)}
      />,
    )
  })

  async function load(page: PageContext, id: string): Promise<OnePayment> {
    const payment = await findAdminPayment(app.db, id)
    if (!payment) throw kernelError('not_found')
    const [attempts, webhooks, refunds, facts] = await Promise.all([
      listAttempts(app.db, payment.payableId),
      listWebhooks(app.db, payment),
      listRefundsOfPayment(app.db, payment.id),
      listFacts(app.db, { about: [`payment:${payment.id}`], limit: 20 }),
    ])
    const entries = await listPostings(
      app.db,
      [payment, ...refunds].map((source) => source.id),
    )
    return { page, payment, attempts, webhooks, refunds, entries, facts: facts.data, now: app.clock.now() }
  }

  server.get<{ Params: { id: string }; Querystring: Query }>('/admin/payments/:id', async (request, reply) => {
    const page = pageOf(request)
    return sendPage(reply, <PaymentScreen {...await load(page, request.params.id)} form={emptyForm} done={asked(request.query, 'done')} />)
  })
  server.post<{ Params: { id: string } }>('/admin/payments/:id/review', async (request, reply) => {
    const { id } = request.params
    const payment = await findAdminPayment(app.db, id)
    if (!payment) throw kernelError('not_found')
    return act(app, request, reply, {
      back: `/admin/payments/${id}`,
      done: 'reviewClosed',
      fieldOf: { operator_reference_required: 'transaction', transaction_reused: 'transaction' },
      work: async (form, actor) => {
        const decision = form.choice('decision', REVIEW_DECISIONS)
        const note = form.required('note', 500)
        const received = decision === 'give_back' ? form.money('received', payment.currency) : undefined
        if (form.failed() || !decision || !note) return
        await closeReview(app, actor, { paymentId: id, decision, note, received, transaction: form.text('transaction').slice(0, 100) })
      },
      again: async (page, form) => <PaymentScreen {...await load(page, id)} form={form} done={undefined} />,
    })
  })
}

function PaymentScreen(props: OnePayment & { form: FormState; done: string | undefined }) {
  const { page, payment, attempts, webhooks, refunds, entries, facts, form, done } = props
  const t = page.t.admin
  const money = (amount: number | null, currency: string | null) =>
    amount !== null && currency !== null && <Price page={page} money={{ amount, currency }} />
  return (
    <AdminFrame page={page} title={t.paymentOf(payment.reference)} under={['/admin/payments', t.payments]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [t.status, <PaymentBadge page={page} status={payment.status} />],
          [t.reason, whyOf(page, payment)],
          [t.amount, money(payment.amount, payment.currency)],
          [t.reported, money(payment.reportedAmount, payment.reportedCurrency)],
          [t.providerFee, payment.fees > 0 && money(payment.fees, payment.currency)],
          [t.becameOf, payment.outcome && t.outcomes[payment.outcome as keyof typeof t.outcomes]],
          [t.provider, methodName(page.t.checkout, payment.provider)],
          [t.transaction, payment.providerTxnId && <span class="number">{payment.providerTxnId}</span>],
          [t.phone, payment.payerPhone && <a href={`tel:${payment.payerPhone}`}>{formatPhone(payment.payerPhone)}</a>],
          [t.order, payment.orderCode && <a href={`/admin/orders/${payment.orderCode}`}>{payment.orderCode}</a>],
          [t.event, payment.eventTitle],
          [t.organizer, payment.organizerName],
          [t.at, <When page={page} date={payment.createdAt} />],
          [t.lastChange, <When page={page} date={payment.updatedAt} />],
          [t.askedTimes, payment.pollCount > 0 && formatNumber(payment.pollCount, page.locale)],
          [t.nextRun, payment.nextPollAt && <When page={page} date={payment.nextPollAt} />],
        ]}
      />
      {payment.status === 'REVIEW' && <CloseReview {...props} />}
      {attempts.length > 1 && (
        <section class="stack">
          <h2>{t.attemptsOfOrder}</h2>
          <DataTable caption={t.attemptsOfOrder} rows={attempts} columns={paymentColumns(page, { alone: true })} />
        </section>
      )}
      <section class="stack">
        <h2>{t.webhooks}</h2>
        <DataTable
          caption={t.webhooks}
          rows={webhooks}
          empty={<p>{t.noWebhooks}</p>}
          columns={[
            { label: t.at, cell: (hook) => <When page={page} date={hook.receivedAt} /> },
            {
              label: t.verified,
              cell: (hook) => (
                <Badge tone={hook.verification === 'unverified' ? 'warn' : 'good'}>
                  {t.verifications[hook.verification as keyof typeof t.verifications] ?? hook.verification}
                </Badge>
              ),
            },
            { label: t.becameOf, cell: (hook) => (hook.processedAt ? hook.outcome : t.waiting) },
            { label: t.attempts, numeric: true, minor: true, cell: (hook) => formatNumber(hook.attempts, page.locale) },
          ]}
        />
      </section>
      {refunds.length > 0 && (
        <section class="stack">
          <h2>{t.refunds}</h2>
          <DataTable caption={t.refunds} rows={refunds} columns={refundColumns(page)} />
        </section>
      )}
      <MoneyTrail page={page} entries={entries} />
      <History page={page} facts={facts} about={`payment:${payment.id}`} />
    </AdminFrame>
  )
}

function CloseReview({ page, payment, form, now }: OnePayment & { form: FormState }) {
  const t = page.t.admin
  const amount = formatMoney(payment, page.locale)
  const { reportedAmount, reportedCurrency } = payment
  return (
    <section class="stack" id="review">
      <h2>{t.closeReview}</h2>
      <Notice tone="warn" title={whyOf(page, payment) ?? t.reviewReasons.unanswered}>
        <p>{t.askProvider}</p>
      </Notice>
      <form method="post" action={`/admin/payments/${payment.id}/review`} class="form" novalidate>
        <RadioField
          form={form}
          name="decision"
          label={t.whatHappened}
          options={[
            { value: 'nothing_came', label: t.decisions.nothing_came, hint: t.decisionHints.nothing_came },
            { value: 'give_back', label: t.decisions.give_back, hint: t.decisionHints.give_back },
            { value: 'accept', label: t.decisions.accept(amount), hint: t.decisionHints.accept(payment.orderCode ?? '') },
          ]}
        />
        <TextField form={form} name="transaction" label={t.transactionField} hint={t.transactionHint} maxlength={100} size="medium" />
        <TextField
          form={{
            ...form,
            values: {
              ...(reportedAmount !== null && reportedCurrency === payment.currency ? { received: String(reportedAmount) } : {}),
              ...form.values,
            },
          }}
          name="received"
          label={t.received(payment.currency)}
          hint={t.receivedHint}
          inputmode="decimal"
          size="medium"
        />
        <TextArea form={form} name="note" label={t.note} hint={t.noteHint} rows={3} maxlength={500} />
        <ProofField page={page} form={form} now={now} />
        <Button kind="danger">{t.closeReviewButton}</Button>
      </form>
    </section>
  )
}
