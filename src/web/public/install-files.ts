// What a phone needs to put Guichet on its home screen: the manifest in each language, the icons.
import type { FastifyInstance } from 'fastify'
import sharp from 'sharp'
import type { Locale } from '#src/kernel/actor.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'
import { ICON, iconSvg, manifestAddress } from '../ui/icon.ts'

const DAY = 'public, max-age=86400'

/** `maskable`: systems cut it into their own shape, so the mark stands on our colour, inside the circle that every shape leaves. */
const ICONS = [
  { name: 'icon-192.png', size: 192, purpose: 'any' },
  { name: 'icon-512.png', size: 512, purpose: 'any' },
  { name: 'icon-maskable-512.png', size: 512, purpose: 'maskable' },
  // iOS rounds the corners itself and shows black where a picture is transparent.
  { name: 'apple-touch-icon.png', size: 180, purpose: 'maskable' },
] as const

export async function installFiles(server: FastifyInstance): Promise<void> {
  for (const locale of LOCALES) {
    const bytes = Buffer.from(JSON.stringify(manifestIn(locale)))
    server.get(manifestAddress(locale), { logLevel: 'silent' }, (_request, reply) =>
      reply.header('cache-control', DAY).type('application/manifest+json; charset=utf-8').send(bytes),
    )
  }
  for (const { name, size, purpose } of ICONS) {
    // Drawn when first asked for: most processes never are.
    let drawn: Promise<Buffer> | undefined
    server.get(`/${name}`, { logLevel: 'silent' }, async (_request, reply) => {
      drawn ??= drawIcon(size, purpose === 'maskable')
      return reply
        .header('cache-control', DAY)
        .type('image/png')
        .send(await drawn)
    })
  }
}

function drawIcon(size: number, maskable: boolean): Promise<Buffer> {
  const svg = maskable ? iconSvg({ ground: '#fcf9f3', margin: 12 }) : ICON
  return sharp(Buffer.from(svg), { density: (72 * size) / 32 })
    .resize(size, size)
    .png({ palette: true })
    .toBuffer()
}

function manifestIn(locale: Locale) {
  const { common, offline, public: words } = messages(locale)
  return {
    // The same application whatever the language: without an id it would be the start address.
    id: '/',
    name: common.brand,
    short_name: common.brand,
    description: words.intro,
    lang: locale,
    start_url: '/',
    scope: '/',
    // With a way back where the system has one to offer.
    display: 'standalone',
    display_override: ['minimal-ui', 'standalone'],
    background_color: '#fcf9f3',
    theme_color: '#fcf9f3',
    icons: ICONS.filter(({ name }) => name.startsWith('icon-')).map(({ name, size, purpose }) => ({
      src: `/${name}`,
      sizes: `${size}x${size}`,
      type: 'image/png',
      purpose,
    })),
    shortcuts: [
      { name: offline.keptTitle, short_name: common.nav.myTickets, url: '/kept' },
      { name: words.events, url: '/events' },
    ],
  }
}
