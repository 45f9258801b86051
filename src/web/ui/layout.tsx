// The frame of every page: head, header, main, footer.
import { Fragment, type ComponentChildren } from 'preact'
import { isStaff, type Actor, type Locale } from '#src/kernel/actor.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'
import { supportWays } from '#src/platform/settings.ts'
import { asset } from './assets.ts'
import { manifestAddress } from './icon.ts'
import type { PageContext } from './page.ts'
import { accentSheet } from './accent.ts'
import { RAIL_STYLESHEET, STYLESHEET } from './stylesheet.ts'

export type LayoutProps = {
  page: PageContext
  title: string
  description?: string
  /** Keeps the page from search engines. */
  noindex?: boolean
  /** One reading column (forms, texts), the whole width (tables), or between the two (cards). */
  narrow?: boolean
  wide?: boolean
  /** True where the page says that something must be corrected: the title says so first. */
  failed?: boolean
  /** Where else to go in this part of the site (`Rail`): above the page on a phone, beside it where there is room. */
  rail?: ComponentChildren
  /** Absolute address of the picture that others show for this page. */
  image?: string
  /** Absolute address under which this page should be known. */
  url?: string
  /** Addresses of scripts; the page must do its job without them. */
  scripts?: readonly string[]
  /** The organizer's colour, `#rrggbb`, in the place of our own for structure. */
  accent?: string | null
  /** What belongs into `<head>` on this page only. */
  head?: ComponentChildren
  children: ComponentChildren
}

export function Layout(props: LayoutProps) {
  const { page, title } = props
  const t = page.t.common
  const shown = props.failed ? t.errorTitle(title) : title
  return (
    <html lang={page.locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${shown} · ${t.brand}`}</title>
        {props.description && <meta name="description" content={props.description} />}
        {props.noindex && <meta name="robots" content="noindex" />}
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fcf9f3" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#13151d" media="(prefers-color-scheme: dark)" />
        <meta property="og:title" content={title} />
        {props.description && <meta property="og:description" content={props.description} />}
        {props.image && (
          <>
            <meta property="og:type" content="website" />
            <meta property="og:site_name" content={t.brand} />
            <meta property="og:locale" content={t.region.replace('-', '_')} />
            <meta property="og:image" content={props.image} />
            <meta property="og:image:width" content="1200" />
            <meta property="og:image:height" content="630" />
            <meta property="og:image:alt" content={title} />
          </>
        )}
        {props.image && <meta name="twitter:card" content="summary_large_image" />}
        {props.url && <meta property="og:url" content={props.url} />}
        {props.url && <Addresses locale={page.locale} url={props.url} noindex={props.noindex ?? false} />}
        <link rel="stylesheet" href={STYLESHEET} />
        {props.rail && <link rel="stylesheet" href={RAIL_STYLESHEET} />}
        {props.accent && <link rel="stylesheet" href={accentSheet(props.accent)} />}
        <link rel="icon" type="image/svg+xml" href="/icon.svg" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="manifest" href={manifestAddress(page.locale)} />
        {props.head}
        {[...(props.scripts ?? []), ...(props.rail ? [asset('islands/current-tab.ts')] : [])].map((src) => (
          <script key={src} type="module" src={src} />
        ))}
        <script type="module" src={asset('islands/offline.ts')} />
      </head>
      <body class={props.rail || props.wide ? 'body--wide' : undefined}>
        <a class="skip" href="#main">
          {t.skip}
        </a>
        <Header page={page} />
        {props.rail ? (
          <div class="frame">
            {props.rail}
            <Main {...props} />
          </div>
        ) : (
          <Main {...props} />
        )}
        <Footer page={page} />
      </body>
    </html>
  )
}

/** The page's one address in its language, and those in the others. The bare address answers in the reader's language, French where none is asked for. */
function Addresses({ locale, url, noindex }: { locale: Locale; url: string; noindex: boolean }) {
  const to = (language: Locale) => (language === LOCALES[0] ? url : `${url}?lang=${language}`)
  return (
    <>
      <link rel="canonical" href={to(locale)} />
      {!noindex && LOCALES.map((language) => <link key={language} rel="alternate" hreflang={language} href={to(language)} />)}
      {!noindex && <link rel="alternate" hreflang="x-default" href={url} />}
    </>
  )
}

function Main({ narrow, wide, children }: LayoutProps) {
  return (
    <main id="main" class={wide ? 'main main--wide' : narrow ? 'main main--narrow' : 'main'}>
      {children}
    </main>
  )
}

/** A small ticket seen from the front, whose notch makes a G. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <path
        fill="currentColor"
        d="M8 3h16a5 5 0 0 1 5 5v3h-6a2 2 0 0 0-2-2H11a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-1.500h-6.500v-5.500H29v10a5 5 0 0 1-5 5H8a5 5 0 0 1-5-5v-4.500a3.5 3.5 0 0 0 0-7V8a5 5 0 0 1 5-5Z"
      />
    </svg>
  )
}

function Header({ page }: { page: PageContext }) {
  const {
    actor,
    t: { common: t },
  } = page
  const links = linksFor(actor, t.nav)
  return (
    <header class={links.length > 2 ? 'top top--full' : 'top'}>
      <a class="brand" href="/">
        <Mark />
        <span>{t.brand}</span>
      </a>
      <nav class="top-nav" aria-label={t.menu}>
        {links.map(([href, label]) => (
          <a key={href} href={href} aria-current={page.path === href ? 'page' : page.path.startsWith(`${href}/`) ? 'true' : undefined}>
            {label}
          </a>
        ))}
      </nav>
    </header>
  )
}

type NavWords = PageContext['t']['common']['nav']

/** What somebody may go to: the team its events, agents their gate, staff the platform. */
function linksFor(actor: Actor, words: NavWords): [href: string, label: string][] {
  const links: [string, string][] = [['/events', words.events]]
  if (actor.kind !== 'account') return [...links, ['/login', words.signIn]]
  const manages = actor.memberships.some((membership) => membership.role !== 'agent')
  if (manages || actor.role === 'organizer') links.push(['/organizer', words.organize])
  if (actor.memberships.length > 0) links.push(['/gate', words.gate])
  if (isStaff(actor)) links.push(['/admin', words.admin])
  return [...links, ['/account', words.account]]
}

function Footer({ page }: { page: PageContext }) {
  const t = page.t.common
  return (
    <footer class="bottom">
      <p>
        {t.brand}. {t.tagline}
      </p>
      <Support page={page} />
      <p>
        {LOCALES.map((locale) =>
          locale === page.locale ? (
            <span key={locale} aria-current="true">
              {messages(locale).common.languageName}
            </span>
          ) : (
            <a key={locale} lang={locale} hreflang={locale} href={withLanguage(page, locale)}>
              {messages(locale).common.languageName}
            </a>
          ),
        )}
      </p>
    </footer>
  )
}

/** Whom to write to, where the platform names somebody. */
function Support({ page }: { page: PageContext }) {
  const ways = page.support ? supportWays(page.support) : []
  if (ways.length === 0) return null
  return (
    <p>
      {page.t.mail.support}{' '}
      {ways.map(({ href, text }, i) => (
        <Fragment key={href}>
          {i > 0 && ', '}
          <a href={href}>{text}</a>
        </Fragment>
      ))}
    </p>
  )
}

function withLanguage(page: PageContext, locale: string): string {
  return `${page.path}${page.query}${page.query ? '&' : '?'}lang=${locale}`
}
