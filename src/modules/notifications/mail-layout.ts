// From what a mail says to how it looks: HTML for mail programs of any age (tables, inline style, readable in dark mode), and plain text.
import type { Locale } from '#src/kernel/actor.ts'
import { messages } from '#src/locales/locale.ts'
import { supportWays, type Support } from '#src/platform/settings.ts'

/** What a mail says, in order. Plain text throughout; the layout escapes it. */
export type MailContent = {
  subject: string
  title: string
  greeting?: string
  paragraphs: readonly string[]
  /** The ticket-shaped card: above its fold the name, below it label and value. */
  ticket?: { heading: string; name: string; rows: readonly (readonly [label: string, value: string])[] }
  action?: { label: string; url: string }
  /** What else may be opened, below the button. */
  links?: readonly { label: string; url: string }[]
  /** Small print below the button. */
  notes?: readonly string[]
}

export type ComposedMail = { subject: string; html: string; text: string }

const FONT = `font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Ubuntu,sans-serif`
// The pages' colours, for programs that know neither OKLCH nor variables.
const INK = '#1b1d2e'
const SOFT = '#575a6b'
const PAPER = '#fbf8f1'
const CARD = '#fffefc'
const LINE = '#ddd6c9'
const INDIGO = '#35397f'
const LATERITE = '#ab4322'

// Inline styles make the light look everywhere; these only repaint it where a mail program prefers dark and reads style sheets, and save width on a phone.
const STYLES =
  `:root{color-scheme:light dark;supported-color-schemes:light dark}` +
  `@media (max-width:480px){.cell{padding-left:18px!important;padding-right:18px!important}.rows td{display:block!important;padding:0!important}.rows .value{padding-bottom:10px!important}` +
  `.button,.button tbody,.button tr,.button td,.button a{display:block!important;width:auto!important;text-align:center}}` +
  `@media (prefers-color-scheme:dark){.paper{background:#13151d!important}.card{background:#1e202b!important;border-color:#3d4050!important}` +
  `.notch{background:#13151d!important;border-color:#3d4050!important}.fold{border-color:#3d4050!important}.ink{color:#f0ede6!important}.soft{color:#b9b6b0!important}` +
  `.mark,.button td{background:#ef8f66!important}.mark,.button a{color:#241208!important}.accent{color:#ef9f7b!important}.link{color:#b3b8f2!important}}`

/** Both forms of the mail, from the same content, so that neither says less than the other. */
const HTML_END = '</td></tr></table></td></tr></table></body></html>'

export function layOut(content: MailContent, locale: Locale): ComposedMail {
  return { subject: singleLine(content.subject), html: htmlOf(content, locale), text: textOf(content, locale) }
}

function htmlOf({ subject, title, greeting, paragraphs, ticket, action, links = [], notes = [] }: MailContent, locale: Locale): string {
  const words = messages(locale).mail
  const paragraph = (text: string, style: string, name: string) => `<p class="${name}" style="margin:0 0 14px;${style}">${escape(text)}</p>`
  const body = [
    greeting ? paragraph(greeting, `font-size:16px;line-height:24px;color:${INK}`, 'ink') : '',
    ...paragraphs.map((text) => paragraph(text, `font-size:16px;line-height:24px;color:${INK}`, 'ink')),
    ticket ? ticketHtml(ticket) : '',
    action ? buttonHtml(action) : '',
    ...links.map(
      ({ label, url }) =>
        `<p style="margin:0 0 14px;font-size:15px;line-height:22px"><a class="link" href="${escape(url)}" style="color:${INDIGO}">${escape(label)}</a></p>`,
    ),
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
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escape(singleLine(subject))}</title><style>${STYLES}</style></head>
<body class="paper" style="margin:0;padding:0;background:${PAPER};${FONT}">
<div style="display:none;max-height:0;overflow:hidden">${escape(paragraphs[0] ?? '')}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="paper" style="background:${PAPER}"><tr><td align="center" style="padding:24px 16px 40px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px"><tr><td align="left" style="${FONT}">
${brandHtml(messages(locale).common.brand)}
<h1 class="ink" style="margin:0 0 16px;font-size:26px;line-height:32px;letter-spacing:-0.5px;font-weight:800;color:${INK}">${escape(title)}</h1>
${body}
<p class="soft fold" style="margin:32px 0 0;padding:16px 0 0;border-top:1px dashed ${LINE};font-size:13px;line-height:19px;color:${SOFT}">${escape(words.footer)}</p>
${HTML_END}`
}

/** The mail, with whom to write to at its end. */
export function withSupport(mail: Pick<ComposedMail, 'html' | 'text'>, support: Support, locale: Locale): Pick<ComposedMail, 'html' | 'text'> {
  const ways = supportWays(support)
  if (ways.length === 0) return mail
  const words = messages(locale).mail
  const links = ways.map(({ href, text }) => `<a class="link" href="${escape(href)}" style="color:${INDIGO}">${escape(text)}</a>`).join(', ')
  const line = `<p class="soft" style="margin:6px 0 0;font-size:13px;line-height:19px;color:${SOFT}">${escape(words.support)} ${links}</p>`
  return {
    html: mail.html.replace(HTML_END, () => line + HTML_END),
    text: `${mail.text.trimEnd()}\n${words.support} ${ways.map((way) => way.text).join(', ')}\n`,
  }
}

/** The mark as mail programs can show it: no picture to load, nothing to block. */
function brandHtml(brand: string): string {
  return (
    `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 28px"><tr>` +
    `<td class="mark" width="30" height="30" align="center" valign="middle" aria-hidden="true" style="width:30px;height:30px;border-radius:8px;background:${LATERITE};color:#ffffff;font-size:19px;line-height:30px;font-weight:800">${escape(brand.charAt(0))}</td>` +
    `<td class="ink" style="padding-left:10px;font-size:19px;line-height:30px;letter-spacing:-0.4px;font-weight:800;color:${INK}">${escape(brand)}</td></tr></table>`
  )
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
        `<tr><td class="soft label" valign="top" width="110" style="width:110px;padding:4px 16px 4px 0;font-size:14px;line-height:21px;color:${SOFT};white-space:nowrap">${escape(label)}</td>` +
        `<td class="ink value" valign="top" style="padding:4px 0;font-size:15px;line-height:21px;color:${INK};font-weight:600">${escape(value).replaceAll('\n', '<br>')}</td></tr>`,
    )
    .join('')
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:8px 0 22px;border-collapse:separate">
<tr><td colspan="3" class="card cell" style="background:${CARD};border:${side};border-bottom:0;border-radius:12px 12px 0 0;padding:18px 22px 8px">
<p class="accent" style="margin:0 0 4px;font-size:13px;line-height:18px;font-weight:700;color:${LATERITE}">${escape(heading)}</p>
<p class="ink" style="margin:0;font-size:20px;line-height:26px;font-weight:700;color:${INK}">${escape(name)}</p></td></tr>
<tr class="card" style="background:${CARD}">${notch('left')}<td style="padding:0 4px"><div class="fold" style="border-top:2px dashed ${LINE};height:0;line-height:0">&nbsp;</div></td>${notch('right')}</tr>
<tr><td colspan="3" class="card cell" style="background:${CARD};border:${side};border-top:0;border-radius:0 0 12px 12px;padding:8px 22px 18px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="rows">${lines}</table></td></tr></table>`
}

function buttonHtml({ label, url }: NonNullable<MailContent['action']>): string {
  return (
    `<table role="presentation" cellpadding="0" cellspacing="0" class="button" style="margin:4px 0 22px"><tr><td style="background:${LATERITE};border-radius:8px">` +
    `<a href="${escape(url)}" style="display:inline-block;padding:15px 28px;font-size:16px;line-height:20px;font-weight:700;color:#ffffff;text-decoration:none;${FONT}">${escape(label)}</a></td></tr></table>`
  )
}

function textOf({ title, greeting, paragraphs, ticket, action, links = [], notes = [] }: MailContent, locale: Locale): string {
  const words = messages(locale).mail
  const card = ticket && [ticket.name, ...ticket.rows.map(([label, value]) => words.labelled(label, value.replaceAll('\n', ', ')))].join('\n')
  return (
    [
      title.toLocaleUpperCase(locale),
      greeting,
      ...paragraphs,
      card,
      action && `${action.label}\n${action.url}`,
      ...links.map(({ label, url }) => `${label}\n${url}`),
      ...notes,
      `-- \n${words.footer}`,
    ]
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
