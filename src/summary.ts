// What the terminal says once the server listens: where, as whom, what to try first.
import { DEMO_PASSWORD } from '#seeds/people.ts'
import type { Running } from './start.ts'

const DEMO_PEOPLE = [
  ['organizer@demo.test', 'sells: events, orders, refunds, numbers'],
  ['cashier@demo.test', 'sells for cash'],
  ['agent@demo.test', 'lets people in at a gate'],
  ['participant@demo.test', 'has bought tickets'],
  ['admin@demo.test', 'watches the whole platform'],
] as const

export function summarize({ app, databaseFolder, url }: Running): string {
  const { config } = app
  if (url === null) return `\n  Guichet works off jobs${databaseFolder ? ` of the database in ${databaseFolder}` : ''}. Stop with Ctrl-C.\n`
  const address = config.publicUrl && config.publicUrl !== url ? `${config.publicUrl} (listening on ${url})` : url
  const lines = ['', `  Guichet is open: ${address}`, '']
  if (config.demoWorld) {
    lines.push(`  Sign in with the password ${DEMO_PASSWORD} as`, ...DEMO_PEOPLE.map(([email, does]) => `    ${email.padEnd(22)} ${does}`), '')
    lines.push('  Try first: choose an event, buy a ticket without an account, approve the payment on the simulated phone,')
    lines.push('  then sign in as agent@demo.test and let its QR code in.', '')
  }
  if (!config.smtpUrl) lines.push(`  Mails      ${url}/dev/mail`)
  lines.push(`  API        ${url}/api/docs`)
  if (databaseFolder) lines.push(`  Data       ${databaseFolder}, and uploads in ${config.dataDir}`)
  lines.push('', '  Stop with Ctrl-C.', '')
  return lines.join('\n')
}
