// From what a mail says to how it looks: HTML for mail programs of any age (tables, inline style, readable in dark mode), and plain text.
import type { Locale } from '#src/kernel/actor.ts'
import { messages } from '#src/locales/locale.ts'

/** What a mail says, in order. Plain text throughout; the layout escapes it. */
export type MailContent = {
  subject: string
  title: string
  greeting?: string
  paragraphs: readonly string[]
  /** The ticket-shaped card: above its fold the name, below it label and value. */
  ticket?: { heading: string; name: string; rows: readonly (readonly [label: string, value: string])[] }
  action?: { label: string; url: string }
  /** Small print below the button. */
  notes?: readonly string[]
}

export type ComposedMail = { subject: string; html: string; text: string }

const FONT = `font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Ubuntu,sans-serif`
const INK = '#1c1b2b'
const SOFT = '#5a566b'
const PAPER = '#faf6ef'
const CARD = '#ffffff'
const LINE = '#d9cfc0'
const INDIGO = '#2b2f6b'
const LATERITE = '#a8452a'

// Inline styles make the light look everywhere; these only repaint it where a mail program prefers dark and reads style sheets.
const DARK =
  `:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){` +
  `.paper{background:#15141c!important}.card{background:#211f2b!important;border-color:#45415a!important}.notch{background:#15141c!important;border-color:#45415a!important}` +
  `.fold{border-color:#45415a!important}.ink{color:#f3efe7!important}.soft{color:#bdb6c9!important}.brand{color:#b9bcf0!important}.accent{color:#f0a488!important}.link{color:#b9bcf0!important}}`

/** Both forms of the mail, from the same content, so that neither says less than the other. */
export function layOut(content: MailContent, locale: Locale): ComposedMail {
  return { subject: singleLine(content.subject), html: htmlOf(content, locale), text: textOf(content, locale) }
}

function htmlOf({ subject, title, greeting, paragraphs, ticket, action, notes = [] }: MailContent, locale: Locale): string {
  const words = messages(locale).mail
  const paragraph = (text: string, style: string, name: string) => `<p class="${name}" style="margin:0 0 14px;${style}">${escape(text)}</p>`
  const body = [
    greeting ? paragraph(greeting, `font-size:16px;line-height:24px;color:${INK}`, 'ink') : '',
    ...paragraphs.map((text) => paragraph(text, `font-size:16px;line-height:24px;color:${INK}`, 'ink')),
    ticket ? ticketHtml(ticket) : '',
    action ? buttonHtml(action) : '',
    ...notes.map((text) => paragraph(text, `font-size:14px;line-height:21px;color:${SOFT}`, 'soft')),
    action
      ? `<p class="soft" style="margin:0;font-size:13px;line-height:19px;color:${SOFT}">${escape(words.linkFallback)}<br>` +
        `<a class="link" href="${escape(action.url)}" style="color:${INDIGO};word-break:break-all">${escape(action.url)}</a></p>`
      : '',
  ]
    .filter(Boolean)
    .join('\n')
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escape(singleLine(subject))}</title><style>${DARK}</style></head>
<body class="paper" style="margin:0;padding:0;background:${PAPER};${FONT}">
<div style="display:none;max-height:0;overflow:hidden">${escape(paragraphs[0] ?? '')}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="paper" style="background:${PAPER}"><tr><td align="center" style="padding:24px 16px 40px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px"><tr><td align="left" style="${FONT}">
<p class="brand" style="margin:0 0 24px;font-size:15px;font-weight:700;color:${INDIGO}">${escape(messages(locale).common.brand)}</p>
<h1 class="ink" style="margin:0 0 16px;font-size:26px;line-height:32px;font-weight:700;color:${INK}">${escape(title)}</h1>
${body}
<p class="soft" style="margin:32px 0 0;font-size:12px;line-height:18px;color:${SOFT}">${escape(words.footer)}</p>
</td></tr></table></td></tr></table></body></html>`
}

/** A card with two half-round notches and a dashed fold; where a program ignores round corners it stays a card. */
function ticketHtml({ heading, name, rows }: NonNullable<MailContent['ticket']>): string {
  const side = `1px solid ${LINE}`
  const notch = (place: 'left' | 'right') => {
    const round = place === 'left' ? '0 10px 10px 0' : '10px 0 0 10px'
    return `<td width="10" style="width:10px;padding:0;line-height:0"><div class="notch" style="width:9px;height:18px;background:${PAPER};border:${side};border-${place}:0;border-radius:${round}"></div></td>`
  }
  const lines = rows
    .map(
      ([label, value]) =>
        `<tr><td class="soft" valign="top" style="padding:4px 16px 4px 0;font-size:14px;line-height:21px;color:${SOFT};white-space:nowrap">${escape(label)}</td>` +
        `<td class="ink" valign="top" style="padding:4px 0;font-size:15px;line-height:21px;color:${INK};font-weight:600">${escape(value).replaceAll('\n', '<br>')}</td></tr>`,
    )
    .join('')
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:8px 0 22px;border-collapse:separate">
<tr><td colspan="3" class="card" style="background:${CARD};border:${side};border-bottom:0;border-radius:12px 12px 0 0;padding:18px 22px 8px">
<p class="accent" style="margin:0 0 4px;font-size:12px;letter-spacing:1px;font-weight:700;text-transform:uppercase;color:${LATERITE}">${escape(heading)}</p>
<p class="ink" style="margin:0;font-size:20px;line-height:26px;font-weight:700;color:${INK}">${escape(name)}</p></td></tr>
<tr class="card" style="background:${CARD}">${notch('left')}<td style="padding:0 4px"><div class="fold" style="border-top:2px dashed ${LINE};height:0;line-height:0">&nbsp;</div></td>${notch('right')}</tr>
<tr><td colspan="3" class="card" style="background:${CARD};border:${side};border-top:0;border-radius:0 0 12px 12px;padding:8px 22px 18px">
<table role="presentation" cellpadding="0" cellspacing="0">${lines}</table></td></tr></table>`
}

function buttonHtml({ label, url }: NonNullable<MailContent['action']>): string {
  return (
    `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:4px 0 22px"><tr><td style="background:${LATERITE};border-radius:10px">` +
    `<a href="${escape(url)}" style="display:inline-block;padding:14px 26px;font-size:16px;line-height:20px;font-weight:700;color:#ffffff;text-decoration:none;${FONT}">${escape(label)}</a></td></tr></table>`
  )
}

function textOf({ title, greeting, paragraphs, ticket, action, notes = [] }: MailContent, locale: Locale): string {
  const words = messages(locale).mail
  const card =
    ticket &&
    [ticket.name, ...ticket.rows.map(([label, value]) => words.labelled(label, value.replaceAll('\n', ', ')))].join('\n')
  return (
    [title.toLocaleUpperCase(locale), greeting, ...paragraphs, card, action && `${action.label}\n${action.url}`, ...notes, `-- \n${words.footer}`]
      .filter(Boolean)
      .join('\n\n') + '\n'
  )
}

/** No line break survives: a subject is a header. */
export function singleLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
