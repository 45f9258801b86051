// /dev/mail: what would have been sent, on a server without SMTP. It does not exist in production, nor where mails can leave.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { findMail, keepsMails, listNewestMails, type MailLine } from '#src/modules/notifications/find-mails.ts'
import type { Mail } from '#src/modules/notifications/mail.ts'
import type { App } from '#src/platform/app.ts'
import { Badge, DataTable, Facts, Trail } from '../ui/components.tsx'
import { formatMoment } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'

type MailRequest = { Params: { id: string } }

// What a mail program would allow: styles, no scripts, no pictures from elsewhere; its links open beside it.
const MAIL_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox`

export async function devMailPages(server: FastifyInstance, app: App): Promise<void> {
  if (!keepsMails(app)) return
  const get = async (id: string): Promise<Mail> => {
    const mail = /^\d{1,15}$/.test(id) ? await findMail(app, Number(id)) : undefined
    if (!mail) throw kernelError('not_found')
    return mail
  }

  server.get('/dev/mail', async (request, reply) =>
    sendPage(reply, <MailList page={pageOf(request)} mails={await listNewestMails(app)} />, { secret: true }),
  )

  server.get<MailRequest>('/dev/mail/:id', async (request, reply) =>
    sendPage(reply, <MailScreen page={pageOf(request)} mail={await get(request.params.id)} />, { secret: true }),
  )

  server.get<MailRequest>('/dev/mail/:id/html', async (request, reply) => {
    const { html } = await get(request.params.id)
    return reply
      .header('content-security-policy', MAIL_POLICY)
      .header('x-frame-options', 'SAMEORIGIN')
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(html.replace('<head>', '<head><base target="_blank">'))
  })

  server.get<{ Params: { id: string; file: string } }>('/dev/mail/:id/files/:file', async (request, reply) => {
    const file = (await get(request.params.id)).attachments[Number(request.params.file)]
    if (!file) throw kernelError('not_found')
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${file.filename}"`)
      .type(file.contentType)
      .send(Buffer.from(file.content, 'base64'))
  })
}

function MailList({ page, mails }: { page: PageContext; mails: readonly MailLine[] }) {
  const t = page.t.devMail
  return (
    <Layout page={page} title={t.title} noindex wide>
      <h1>{t.title}</h1>
      <p class="lead">{t.hint}</p>
      <DataTable
        caption={t.title}
        rows={mails}
        empty={<p>{t.empty}</p>}
        columns={[
          { label: t.subject, cell: (mail) => <a href={`/dev/mail/${mail.id}`}>{mail.subject}</a> },
          { label: t.recipient, cell: (mail) => mail.recipient },
          { label: t.at, cell: (mail) => formatMoment(mail.createdAt, 'UTC', page.locale) },
          {
            label: t.status,
            cell: (mail) => <Badge tone={mail.status === 'failed' ? 'bad' : 'plain'}>{t.statuses[mail.status]}</Badge>,
            minor: true,
          },
        ]}
      />
    </Layout>
  )
}

function MailScreen({ page, mail }: { page: PageContext; mail: Mail }) {
  const t = page.t.devMail
  const links = [...new Set(mail.text.match(/https?:\/\/\S+/g) ?? [])]
  return (
    <Layout page={page} title={mail.subject} noindex wide>
      <Trail label={t.title} steps={[['/dev/mail', t.title]]} />
      <h1>{mail.subject}</h1>
      <Facts
        rows={[
          [t.recipient, mail.recipient],
          [t.status, t.statuses[mail.status]],
          [
            t.links,
            links.length > 0 && (
              <ul>
                {links.map((url) => (
                  <li key={url}>
                    <a href={url}>{url}</a>
                  </li>
                ))}
              </ul>
            ),
          ],
          [
            t.files,
            mail.attachments.length > 0 && (
              <ul>
                {mail.attachments.map((file, index) => (
                  <li key={index}>
                    <a href={`/dev/mail/${mail.id}/files/${index}`} download>
                      {file.filename}
                    </a>
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
      <h2>{t.html}</h2>
      <iframe
        class="mail-frame"
        src={`/dev/mail/${mail.id}/html`}
        title={t.html}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        width="640"
        height="760"
      />
      <h2>{t.text}</h2>
      <pre class="mail-text">{mail.text}</pre>
    </Layout>
  )
}
