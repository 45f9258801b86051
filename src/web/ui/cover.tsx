// Cover images, in the smallest file that the browser can show.
import type { Cover as CoverFile } from '#src/modules/events/event.ts'

/** One address that everybody can show: for other sites and old browsers. */
export function coverAddress(cover: CoverFile): string {
  return `/files/${cover.id}/${cover.widths.find((width) => width >= 800) ?? cover.widths.at(-1)}.webp`
}

/** @param sizes how wide it stands on the page, as in `<img sizes>` */
export function Cover({
  cover,
  eager = false,
  sizes = '(min-width: 60rem) 44rem, calc(100vw - 2rem)',
}: {
  cover: CoverFile | null
  eager?: boolean
  sizes?: string
}) {
  if (!cover) return null
  const set = (type: string) => cover.widths.map((width) => `/files/${cover.id}/${width}.${type} ${width}w`).join(', ')
  return (
    <picture class="cover">
      <source type="image/avif" srcset={set('avif')} sizes={sizes} />
      <img
        src={coverAddress(cover)}
        srcset={set('webp')}
        sizes={sizes}
        width={cover.width}
        height={cover.height}
        alt=""
        loading={eager ? 'eager' : 'lazy'}
        fetchpriority={eager ? 'high' : 'auto'}
      />
    </picture>
  )
}
