import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMarkdown } from './markdown.ts'

test('renders emphasis, lists and line breaks, and starts headings below the page’s own', () => {
  const html = renderMarkdown('# Programme\n\n**Vendredi**\nconcert\n\n- kora\n- balafon')
  expect(html).toContain('<h2>Programme</h2>')
  expect(html).toContain('<strong>Vendredi</strong><br>')
  expect(html).toContain('<li>balafon</li>')
})

test('keeps web, mail and phone links, and tells search engines not to follow them', () => {
  expect(renderMarkdown('[site](https://exemple.bj)')).toContain('<a href="https://exemple.bj" rel="nofollow noopener">site</a>')
  expect(renderMarkdown('[écrire](mailto:a@exemple.bj)')).toContain('href="mailto:a@exemple.bj"')
  expect(renderMarkdown('[appeler](tel:+22901970000)')).toContain('href="tel:+22901970000"')
})

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '![x](https://tracker.example/pixel.gif)',
  '![x](data:image/png;base64,AAAA)',
  '[x](//evil.example)',
  '<https://ok.example"onmouseover=alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '[x](https://ok.example "title\\" onclick=alert(1)")',
  '`<script>`',
  '<iframe src=https://evil.example></iframe>',
]

test.each(ATTACKS)('leaves nothing that runs or loads in %s', (attack) => {
  expectHarmless(renderMarkdown(attack))
})

test('leaves nothing that runs or loads, however attacks are put together', () => {
  const piece = fc.oneof(
    fc.constantFrom(...ATTACKS, '<', '>', '"', "'", '[', ']', '(', ')', '`', '\\', '&lt;', '\n', '\n\n', '    ', '* ', '# '),
    fc.string(),
  )
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => expectHarmless(renderMarkdown(pieces.join('')))))
})

const TAGS = new Set([
  'p',
  'br',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'strong',
  'em',
  's',
  'ul',
  'ol',
  'li',
  'a',
  'code',
  'pre',
  'blockquote',
  'hr',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
])

function expectHarmless(html: string): void {
  for (const [, tag, attributes] of html.matchAll(/<\/?([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi)) {
    expect(TAGS).toContain(tag!.toLowerCase())
    for (const [, name, value] of attributes!.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)) {
      expect(['href', 'rel', 'title', 'start', 'class', 'style']).toContain(name)
      if (name === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:|tel:)/i)
      if (name === 'style') expect(value).toMatch(/^text-align:(left|center|right)$/)
    }
  }
  // Whatever looks like a tag is one of those above: the rest is escaped.
  expect(html.replaceAll(/<\/?([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi, '')).not.toMatch(/</)
}
