// /simulator/{payment}: the fake phone of a simulated payment. Only where the simulator is enabled.
import type { FastifyInstance } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import { findSimulatedPhone, simulatePayer, type SimulatePayer } from '#src/modules/payments/simulate-payer.ts'
import type { App } from '#src/platform/app.ts'
import { Button, Facts, LinkButton, Notice, Ticket } from '../ui/components.tsx'
import { formatTime } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'

type Phone = NonNullable<Awaited<ReturnType<typeof findSimulatedPhone>>>
type PhoneRequest = { Params: { payment: string }; Querystring: { back?: string }; Body: { answer?: string; back?: string } | undefined }

/** What the buttons mean. Seconds: long enough to watch the page that waits. */
const ANSWERS: Readonly<Record<string, Omit<SimulatePayer, 'paymentId'>>> = {
  approve: { decision: 'approve' },
  refuse: { decision: 'refuse' },
  expire: { decision: 'expire' },
  late: { decision: 'approve', delaySeconds: 20 },
  twice: { decision: 'approve', times: 2 },
}

export async function simulatorPages(server: FastifyInstance, app: App): Promise<void> {
  if (!app.config.simulator) return

  server.get<PhoneRequest>('/simulator/:payment', async (request, reply) => {
    const phone = await findSimulatedPhone(app, request.params.payment)
    if (!phone) throw kernelError('not_found')
    return sendPage(reply, <PhoneScreen page={pageOf(request)} phone={phone} now={app.clock.now()} back={ownPath(request.query.back)} />, {
      secret: true,
    })
  })

  server.post<PhoneRequest>('/simulator/:payment', async (request, reply) => {
    const { payment } = request.params
    const answer = ANSWERS[request.body?.answer ?? '']
    const phone = await findSimulatedPhone(app, payment)
    if (!answer || !phone) throw kernelError('not_found')
    // Nothing comes out of a phone that never answers.
    if (!phone.deaf) {
      await simulatePayer(app, { paymentId: payment, ...answer }).catch((error: unknown) => {
        // Answered before, in another window: the page shows how.
        if (!isDomainError(error, 'payment_already_answered')) throw error
      })
    }
    const back = ownPath(request.body?.back)
    return reply.redirect(`/simulator/${payment}${back ? `?back=${encodeURIComponent(back)}` : ''}`, 303)
  })
}

/** A path of ours to go back to; anything else is ignored. */
function ownPath(path: unknown): string | undefined {
  return typeof path === 'string' && /^\/[\w-][\w/-]*$/.test(path) ? path : undefined
}

function PhoneScreen({ page, phone, now, back }: { page: PageContext; phone: Phone; now: Date; back: string | undefined }) {
  const t = page.t.simulator
  const amount = formatMoney({ amount: phone.amount, currency: phone.currency }, page.locale)
  const over = phone.expiresAt <= now
  const state = phone.status === 'pending' && over ? 'expired' : phone.status
  return (
    <Layout page={page} title={t.title} narrow noindex>
      <h1>{t.title}</h1>
      <p class="soft">{t.about}</p>
      <Ticket
        stub={
          <Facts
            rows={[
              [t.amount, amount],
              [t.phone, phone.phone ? formatPhone(phone.phone) : t.anyPhone],
              [t.reference, phone.reference],
              [t.until, formatTime(phone.expiresAt, 'UTC', page.locale)],
            ]}
          />
        }
      >
        <p class="lead">{t.prompt(amount, phone.description)}</p>
        {phone.deaf && <Notice tone="warn" title={t.deaf} />}
        {state !== 'pending' && <Notice tone={state === 'approved' ? 'good' : 'warn'} title={t.states[state]} />}
        {state !== 'approved' && state !== 'refused' && !phone.deaf && (
          <form method="post" class="stack">
            {back && <input type="hidden" name="back" value={back} />}
            {state === 'expired' ? (
              <Button name="answer" value="approve">
                {t.approveLate}
              </Button>
            ) : (
              <PhoneButtons page={page} />
            )}
          </form>
        )}
      </Ticket>
      {back ? (
        <p>
          <LinkButton kind={state === 'approved' || state === 'refused' ? 'primary' : 'secondary'} href={back}>
            {t.back}
          </LinkButton>
        </p>
      ) : (
        <p class="soft">{t.backHint}</p>
      )}
    </Layout>
  )
}

function PhoneButtons({ page }: { page: PageContext }) {
  const t = page.t.simulator
  return (
    <>
      <Button name="answer" value="approve">
        {t.approve}
      </Button>
      <Button kind="danger" name="answer" value="refuse">
        {t.refuse}
      </Button>
      <Button kind="secondary" name="answer" value="expire">
        {t.expire}
      </Button>
      <Button kind="quiet" name="answer" value="late">
        {t.late}
      </Button>
      <Button kind="quiet" name="answer" value="twice">
        {t.twice}
      </Button>
      <p class="hint">{t.never}</p>
    </>
  )
}
