// /verify-email/{token}: the link in the mail. It asks for one press of a button, since programs that check mails for danger open links, too.
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { requestEmailVerification } from '#src/modules/identity/request-email-verification.ts'
import { verifyEmail } from '#src/modules/identity/verify-email.ts'
import type { App } from '#src/platform/app.ts'
import { LinkButton, Notice, PostButton } from '../ui/components.tsx'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { refusalStatus } from './account-form.ts'
import { homeOf } from './browser-session.ts'

type LinkRequest = { Params: { token: string } }

export async function verifyEmailPages(server: FastifyInstance, app: App): Promise<void> {
  const config = { addressIsSecret: true }

  server.get<LinkRequest>('/verify-email/:token', { config }, async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.account.verify
    return sendPage(
      reply,
      <Layout page={page} title={t.title} narrow noindex>
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <p>
          <PostButton action={`/verify-email/${encodeURIComponent(request.params.token)}`} kind="primary">
            {t.button}
          </PostButton>
        </p>
      </Layout>,
      { secret: true },
    )
  })

  server.post<LinkRequest>('/verify-email/:token', { config }, async (request, reply) => {
    const page = pageOf(request)
    const { token } = request.params
    try {
      await verifyEmail(app, request.actor, { token })
    } catch (error) {
      if (!isDomainError(error)) throw error
      return sendPage(reply, <Failed page={page} sentence={errorMessage(page.locale, error.code)} />, {
        status: refusalStatus(reply, error),
        secret: true,
      })
    }
    const t = page.t.account.verify
    return sendPage(
      reply,
      <Layout page={page} title={t.done} narrow noindex>
        <h1>{t.done}</h1>
        <p class="lead">{t.doneHint}</p>
        <p>
          <LinkButton href={request.actor.kind === 'account' ? homeOf(request.actor) : '/login'}>{t.continue}</LinkButton>
        </p>
      </Layout>,
      { secret: true },
    )
  })

  server.post('/account/verification', async (request, reply) => {
    await requestEmailVerification(app, requireAccount(request.actor))
    return reply.redirect('/account?mailed=1', 303)
  })
}

function Failed({ page, sentence }: { page: PageContext; sentence: string }) {
  const t = page.t.account.verify
  return (
    <Layout page={page} title={t.title} narrow noindex failed>
      <h1>{t.title}</h1>
      <Notice tone="bad" title={sentence}>
        <p>{t.failedHint}</p>
      </Notice>
      <p>
        <LinkButton href="/account">{t.toAccount}</LinkButton>
      </p>
    </Layout>
  )
}
