// Descriptions: Markdown in, harmless HTML out.
import MarkdownIt from 'markdown-it'

const SAFE_LINK = /^(https?:\/\/|mailto:|tel:)/i

// No HTML of the author's, no images (they would tell a stranger's server who looks), no schemes but the harmless ones.
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image')
markdown.validateLink = (url) => SAFE_LINK.test(url.trim())
markdown.renderer.rules.link_open = (tokens, index, options, _env, renderer) => {
  tokens[index]!.attrSet('rel', 'nofollow noopener')
  return renderer.renderToken(tokens, index, options)
}
// The page's own title is the first heading: the author's start one level below.
markdown.core.ruler.push('lower_headings', (state) => {
  for (const token of state.tokens) {
    if (token.type === 'heading_open' || token.type === 'heading_close') token.tag = `h${Math.min(Number(token.tag.slice(1)) + 1, 6)}`
  }
})

/** The HTML of a Markdown text. Scripts, foreign markup and dangerous links never survive: they are shown as text. */
export function renderMarkdown(text: string): string {
  return markdown.render(text)
}
