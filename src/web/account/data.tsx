// /account/data: take along what we know about you, or leave for good.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { eraseAccount } from '#src/modules/identity/erase-account.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { exportAccountData } from '#src/reads/account-data.ts'
import { listTicketsOfAccount } from '#src/reads/orders-of-account.ts'
import { asset } from '../ui/assets.ts'
import { Button, LinkButton, Notice, Trail } from '../ui/components.tsx'
import { CheckField, ErrorSummary } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { clearSessionCookie } from '../session-cookie.ts'
import { refusalStatus, type Fields } from './account-form.ts'
import { PasswordField } from '../ui/password-field.tsx'

// It goes through all that somebody ever bought.
const DOWNLOADS = { max: 10, seconds: 3600 }

export async function accountDataPages(server: FastifyInstance, app: App): Promise<void> {
  const show = async (request: FastifyRequest, reply: FastifyReply, form: FormState, status = 200) => {
    const actor = requireAccount(request.actor)
    const upcoming = await listTicketsOfAccount(app, actor, 'upcoming')
    const tickets = upcoming.reduce((sum, own) => sum + own.tickets, 0)
    return sendPage(reply, <AccountData page={pageOf(request, '/account/data')} tickets={tickets} form={form} />, { status })
  }

  server.get('/account/data', async (request, reply) => show(request, reply, emptyForm))

  server.get('/account/data.json', async (request, reply) => {
    const actor = requireAccount(request.actor)
    await requireRate(app, `data:${actor.accountId}`, DOWNLOADS)
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="guichet.json"')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(await exportAccountData(app, actor), null, 2))
  })

  server.post<{ Body: Fields }>('/account/data/erase', async (request, reply) => {
    const page = pageOf(request, '/account/data')
    const actor = requireAccount(request.actor)
    const form = readForm(page, request.body)
    if (!form.checked('sure')) form.fail('sure', 'required')
    const currentPassword = form.values.currentPassword || form.fail('currentPassword', 'required')
    if (form.failed()) return show(request, reply, form.state(), 422)
    try {
      await eraseAccount(app, actor, { currentPassword })
    } catch (error) {
      return show(request, reply, refusedForm(page, form, error), refusalStatus(reply, error))
    }
    clearSessionCookie(app, reply)
    return sendPage(reply, <Gone page={{ ...page, actor: { kind: 'visitor', locale: page.locale, ip: request.ip } }} />)
  })
}

function AccountData({ page, tickets, form }: { page: PageContext; tickets: number; form: FormState }) {
  const t = page.t.account.data
  return (
    <Layout page={page} title={t.title} narrow noindex failed={hasErrors(form)} scripts={[asset('islands/show-password.ts')]}>
      <Trail label={page.t.common.back} steps={[['/account', page.t.account.home.title]]} />
      <h1>{t.title}</h1>
      <ErrorSummary page={page} form={form} labels={{ currentPassword: page.t.account.security.currentPassword, sure: t.sure }} />
      <section class="stack" aria-labelledby="download">
        <h2 id="download">{t.download}</h2>
        <p>{t.downloadHint}</p>
        <p>
          <LinkButton kind="secondary" href="/account/data.json" download>
            {t.downloadButton}
          </LinkButton>
        </p>
      </section>
      <section class="group" aria-labelledby="erase">
        <h2 id="erase">{t.erase}</h2>
        <ul class="stack">
          {t.eraseSteps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
        {tickets > 0 && (
          <Notice tone="warn" title={t.upcoming(tickets)}>
            <p>{t.upcomingHint}</p>
          </Notice>
        )}
        <form class="form" method="post" action="/account/data/erase" novalidate>
          <PasswordField page={page} form={form} name="currentPassword" label={page.t.account.security.currentPassword} />
          <CheckField form={form} name="sure" label={t.sure} />
          <Button kind="danger">{t.eraseButton}</Button>
        </form>
      </section>
    </Layout>
  )
}

function Gone({ page }: { page: PageContext }) {
  const t = page.t.account.data
  return (
    <Layout page={page} title={t.gone} narrow noindex>
      <h1>{t.gone}</h1>
      <p class="lead">{t.goneHint}</p>
      <p>
        <LinkButton href="/events">{page.t.common.errorPage.toEvents}</LinkButton>
      </p>
    </Layout>
  )
}
