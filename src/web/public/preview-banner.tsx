// What stands above a buyer's page that its team looks at before anybody can buy.
import { Notice } from '../ui/components.tsx'
import type { PageContext } from '../ui/page.ts'

export function PreviewBanner({ page, event }: { page: PageContext; event: { slug: string; unconfirmed: readonly string[] } }) {
  const t = page.t.public
  const own = `/organizer/events/${event.slug}`
  return (
    <div class="preview">
      <Notice tone="warn" title={t.preview}>
        <p>
          {t.previewHint} <a href={event.unconfirmed.length > 0 ? `${own}/setup` : own}>{t.leavePreview}</a>
        </p>
      </Notice>
    </div>
  )
}
