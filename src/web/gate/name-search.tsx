// /gate/{id}/search: a guest without a phone, found by name. For who sells or leads; agents learn no names.
import type { Page } from '#src/kernel/page.ts'
import type { Participant } from '#src/reads/list-participants.ts'
import { Badge, Button, EmptyState, PostButton, Trail } from '../ui/components.tsx'
import { TextField } from '../ui/fields.tsx'
import type { FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'
import { gateStyles } from './scanner-screen.tsx'
import type { Post } from './verdict.tsx'

type SearchProps = { page: PageContext; post: Post; found: Page<Participant>; form: FormState }

export function NameSearchResults({ page, post: { gate, way }, found, form }: SearchProps) {
  const t = page.t.gate
  return (
    <Layout page={page} title={`${t.searchTitle} · ${gate.name}`} noindex narrow head={gateStyles}>
      <Trail label={page.t.common.back} steps={[[`/gate/${gate.id}?way=${way}`, t.backToScan]]} />
      <h1>{t.searchTitle}</h1>
      <form method="get" class="form" role="search">
        <input type="hidden" name="way" value={way} />
        <TextField form={form} name="q" label={t.search} hint={t.searchHint} type="search" autocomplete="off" />
        <Button kind="secondary">{page.t.public.search}</Button>
      </form>
      {found.data.length === 0 ? (
        <EmptyState title={t.foundNone}>
          <p>{t.foundNoneHint}</p>
        </EmptyState>
      ) : (
        <>
          <p role="status">{found.nextCursor ? t.foundFirst(found.data.length) : t.found(found.data.length)}</p>
          <ul class="lines found">
            {found.data.map((person) => (
              <li key={person.ticketId}>
                <span>
                  <strong>{person.name}</strong>
                  <span class="hint block">
                    {person.ticketType} · {person.orderCode}
                  </span>
                  <Badge tone={person.status === 'inside' ? 'good' : 'plain'}>{page.t.order.statuses[person.status]}</Badge>
                </span>
                <PostButton action={`/gate/${gate.id}/scan`} fields={{ code: person.ticketCode, way }}>
                  {t.check}
                </PostButton>
              </li>
            ))}
          </ul>
        </>
      )}
    </Layout>
  )
}
