// /admin/demo: plays the payers of a demo world. The pages exist only where there is one.
import type { FastifyInstance } from 'fastify'
import { formatPhone } from '#src/kernel/phone.ts'
import { simulatePayer } from '#src/modules/payments/simulate-payer.ts'
import { OPEN_STATUSES } from '#src/modules/payments/payment.ts'
import type { App } from '#src/platform/app.ts'
import { listWaitingPayers, type AdminPayment } from '#src/reads/admin-money.ts'
import { Button, DataTable, EmptyState, LinkButton, Notice, PostButton, Price } from '../ui/components.tsx'
import { ErrorSummary } from '../ui/fields.tsx'
import { emptyForm, hasErrors, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { asked, When, type ListRequest } from './admin-list.tsx'
import { act } from './staff-action.tsx'

const BACK = '/admin/demo'

/** The buttons pay what nobody paid: where no demo world is wanted, the pages do not exist. Production refuses both. */
export function hasDemoTools({ config }: Pick<App, 'config'>): boolean {
  return config.demoWorld && config.simulator && config.environment !== 'production'
}

export async function adminDemoPages(server: FastifyInstance, app: App): Promise<void> {
  const load = () => listWaitingPayers(app.db, OPEN_STATUSES)
  const again = async (page: PageContext, form: FormState) => <Demo page={page} waiting={await load()} form={form} done={undefined} />

  server.get<ListRequest>(BACK, async (request, reply) =>
    sendPage(reply, <Demo page={pageOf(request)} waiting={await load()} form={emptyForm} done={asked(request.query, 'done')} />),
  )
  server.post(BACK, async (request, reply) =>
    act(app, request, reply, {
      back: BACK,
      done: 'payersAnswered',
      work: async () => {
        // One that has been answered meanwhile is left as it is.
        for (const { id } of await load()) await simulatePayer(app, { paymentId: id, decision: 'approve' }).catch(() => undefined)
      },
      again,
    }),
  )
  server.post<{ Params: { id: string } }>('/admin/demo/:id', async (request, reply) =>
    act(app, request, reply, {
      back: BACK,
      done: 'payersAnswered',
      work: async (form) => {
        const decision = form.choice('decision', ['approve', 'refuse', 'expire'])
        if (decision) await simulatePayer(app, { paymentId: request.params.id, decision })
      },
      again,
    }),
  )
}

function Demo({ page, waiting, form, done }: { page: PageContext; waiting: AdminPayment[]; form: FormState; done: string | undefined }) {
  const t = page.t.admin
  return (
    <AdminFrame page={page} title={t.demo} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Notice title={t.demoTitle}>
        <p>{t.demoHint}</p>
      </Notice>
      <section class="stack">
        <h2>{t.waitingPayers}</h2>
        {waiting.length > 1 && <PostButton action={BACK}>{t.approveAll(formatNumber(waiting.length, page.locale))}</PostButton>}
        <DataTable
          caption={t.waitingPayers}
          rows={waiting}
          empty={
            <EmptyState title={t.noWaitingPayers} action={<LinkButton href="/events">{t.buyOne}</LinkButton>}>
              <p>{t.noWaitingPayersHint}</p>
            </EmptyState>
          }
          columns={[
            { label: t.order, cell: (payment) => <a href={`/admin/payments/${payment.id}`}>{payment.orderCode}</a> },
            { label: t.amount, numeric: true, cell: (payment) => <Price page={page} money={payment} /> },
            { label: t.phone, minor: true, cell: (payment) => payment.payerPhone && formatPhone(payment.payerPhone) },
            { label: t.at, minor: true, cell: (payment) => <When page={page} date={payment.createdAt} /> },
            {
              label: t.action,
              cell: (payment) => (
                <form method="post" action={`${BACK}/${payment.id}`} class="row">
                  <Button kind="secondary" name="decision" value="approve">
                    {t.payerApproves}
                  </Button>
                  <Button kind="quiet" name="decision" value="refuse">
                    {t.payerRefuses}
                  </Button>
                  <Button kind="quiet" name="decision" value="expire">
                    {t.payerLate}
                  </Button>
                </form>
              ),
            },
          ]}
        />
      </section>
    </AdminFrame>
  )
}
