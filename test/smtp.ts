// A real SMTP server on a free port, and what arrived there.
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type Received = { raw: string; mail: Email; recipients: string[] }

export type TestSmtp = {
  url: string
  received: Received[]
  /** Answers RCPT with this status until set back to null. */
  refuse: { responseCode: number; message: string } | null
  stop(): Promise<void>
}

export async function startSmtp(port = 0): Promise<TestSmtp> {
  const smtp: TestSmtp = {
    url: '',
    received: [],
    refuse: null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Clients keep connections open for the next mail; a stopping server need not wait for them.
    closeTimeout: 50,
    onRcptTo: (_address, _session, done) =>
      done(smtp.refuse ? Object.assign(new Error(smtp.refuse.message), { responseCode: smtp.refuse.responseCode }) : null),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const raw = Buffer.concat(chunks)
          void PostalMime.parse(raw).then((mail) => {
            smtp.received.push({ raw: raw.toString(), mail, recipients: session.envelope.rcptTo.map((to) => to.address) })
            done()
          })
        })
    },
  })
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve))
  smtp.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return smtp
}
