// /admin/mails: what was written to whom, what became of it, and once more.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { findMail, keepsMails } from '#src/modules/notifications/find-mails.ts'
import type { MailStatus } from '#src/modules/notifications/mail.ts'
import { isResendable, resendMail } from '#src/modules/notifications/resend-mail.ts'
import type { App } from '#src/platform/app.ts'
import { listMails } from '#src/reads/admin-lists.ts'
import { Badge, Facts, LinkButton, PostButton, type Tone } from '../ui/components.tsx'
import { ErrorSummary } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { requireId } from '../ui/params.ts'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, askedOne, Filters, When, type ListRequest } from './admin-list.tsx'
import { act } from './staff-action.tsx'
import { findAdminMail, type AdminMail } from '#src/reads/admin-lists.ts'

const STATUSES = ['queued', 'sent', 'kept', 'failed'] as const satisfies readonly MailStatus[]
const TONES: Record<string, Tone | 'plain'> = { queued: 'warn', sent: 'good', kept: 'plain', failed: 'bad' }

type OneMail = { mail: AdminMail; resendable: boolean; shown: boolean }

export async function adminMailPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/mails', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const { query } = request
    const mails = await listMails(app.db, {
      q: asked(query, 'q'),
      status: askedOne(query, 'status', STATUSES),
      cursor: asked(query, 'cursor'),
      limit: 50,
    })
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.mails}
        rows={mails.data}
        nextCursor={mails.nextCursor}
        empty={t.noMails}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.searchMails}
            selects={[{ name: 'status', label: t.status, options: STATUSES.map((status) => [status, t.mailStates[status]] as const) }]}
          />
        }
        columns={[
          { label: t.subject, cell: (mail) => <a href={`/admin/mails/${mail.id}`}>{mail.subject}</a> },
          { label: t.recipient, cell: (mail) => mail.recipient },
          { label: t.status, cell: (mail) => <MailBadge page={page} status={mail.status} /> },
          { label: t.error, minor: true, cell: (mail) => mail.error },
          { label: t.at, minor: true, cell: (mail) => <When page={page} date={mail.createdAt} /> },
        ]}
      />,
    )
  })

  async function load(id: number): Promise<OneMail> {
    const [mail, whole] = await Promise.all([findAdminMail(app.db, id), findMail(app, id)])
    if (!mail || !whole) throw kernelError('not_found')
    // Its links open orders and accounts: what a mail says is shown where none can leave, and nowhere else.
    return { mail, resendable: isResendable(whole), shown: keepsMails(app) && whole.html !== '' }
  }

  server.get<{ Params: { id: string }; Querystring: ListRequest['Querystring'] }>('/admin/mails/:id', async (request, reply) =>
    sendPage(
      reply,
      <MailScreen page={pageOf(request)} {...await load(requireId(request.params.id))} form={emptyForm} done={asked(request.query, 'done')} />,
    ),
  )
  server.post<{ Params: { id: string } }>('/admin/mails/:id/resend', async (request, reply) => {
    const id = requireId(request.params.id)
    return act(app, request, reply, {
      back: `/admin/mails/${id}`,
      done: 'mailResent',
      work: (_form, actor) => resendMail(app, actor, { mailId: id }),
      again: async (page, form) => <MailScreen page={page} {...await load(id)} form={form} done={undefined} />,
    })
  })
}

function MailBadge({ page, status }: { page: PageContext; status: string }) {
  return <Badge tone={TONES[status] ?? 'plain'}>{page.t.admin.mailStates[status as MailStatus]}</Badge>
}

function MailScreen({ page, mail, resendable, shown, form, done }: OneMail & { page: PageContext; form: FormState; done: string | undefined }) {
  const t = page.t.admin
  return (
    <AdminFrame page={page} title={mail.subject} under={['/admin/mails', t.mails]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [t.status, <MailBadge page={page} status={mail.status} />],
          [t.recipient, mail.recipient],
          [t.kind, <code>{mail.kind}</code>],
          [t.language, mail.locale],
          [t.at, <When page={page} date={mail.createdAt} />],
          [t.sentAt, mail.sentAt && <When page={page} date={mail.sentAt} />],
          [t.attempts, formatNumber(mail.attempts, page.locale)],
          [t.error, mail.error],
        ]}
      />
      {resendable ? (
        <div class="actions">
          <PostButton action={`/admin/mails/${mail.id}/resend`}>{t.resendMail}</PostButton>
          {shown && (
            <LinkButton kind="quiet" href={`/dev/mail/${mail.id}`}>
              {t.readMail}
            </LinkButton>
          )}
        </div>
      ) : (
        <p class="hint">{t.mailGone}</p>
      )}
    </AdminFrame>
  )
}
