// /account: the orders of who is signed in, and the way to everything else about the account.
import type { FastifyInstance } from 'fastify'
import type { OrderStatus } from '#src/modules/ticketing/order.ts'
import type { AccountView } from '#src/modules/identity/account.ts'
import type { Page } from '#src/kernel/page.ts'
import { getAccountView, requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { listOrdersOfAccount, type OwnOrder } from '#src/reads/orders-of-account.ts'
import { Badge, EmptyState, Facts, LinkButton, Notice, Pager, PostButton, Price, Ticket, type Tone } from '../ui/components.tsx'
import { readForm } from '../ui/form.ts'
import { formatSpan } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import type { Fields } from './account-form.ts'

const TONES: Readonly<Record<OrderStatus, Tone | 'plain'>> = {
  awaiting_payment: 'warn',
  paid: 'good',
  expired: 'plain',
  cancelled: 'plain',
  refund_due: 'warn',
  partially_refunded: 'good',
  refunded: 'plain',
}

export async function accountHomePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: Fields }>('/account', async (request, reply) => {
    const page = pageOf(request)
    const actor = requireAccount(request.actor)
    const asked = readForm(page, request.query)
    const [account, orders] = await Promise.all([
      getAccountView(app.db, actor.accountId),
      listOrdersOfAccount(app, actor, { cursor: asked.text('cursor') || undefined }),
    ])
    return sendPage(reply, <Account page={page} account={account} orders={orders} mailed={asked.checked('mailed')} />)
  })
}

function Account({ page, account, orders, mailed }: { page: PageContext; account: AccountView; orders: Page<OwnOrder>; mailed: boolean }) {
  const t = page.t.account.home
  return (
    <Layout page={page} title={t.title} noindex>
      <div class="spread">
        <h1>{t.title}</h1>
        <PostButton action="/logout" kind="quiet">
          {page.t.common.nav.signOut}
        </PostButton>
      </div>
      {!account.emailVerified &&
        (mailed ? (
          <Notice tone="good" title={t.mailed}>
            <p>{t.mailedHint(account.email)}</p>
          </Notice>
        ) : (
          <Notice tone="warn" title={t.unverified}>
            <p>{t.unverifiedHint(account.email)}</p>
            <p>
              <PostButton action="/account/verification">{t.mailAgain}</PostButton>
            </p>
          </Notice>
        ))}
      <section class="stack" aria-labelledby="orders">
        <h2 id="orders">{t.orders}</h2>
        {orders.data.length === 0 ? (
          <EmptyState title={t.noOrders} action={<LinkButton href="/events">{page.t.common.errorPage.toEvents}</LinkButton>}>
            <p>{t.noOrdersHint}</p>
          </EmptyState>
        ) : (
          <ul class="cards">
            {orders.data.map((order) => (
              <OrderCard key={order.code} page={page} order={order} />
            ))}
          </ul>
        )}
        <Pager page={page} nextCursor={orders.nextCursor} />
      </section>
      <section class="stack" aria-labelledby="profile">
        <h2 id="profile">{t.profile}</h2>
        <Facts
          rows={[
            [t.name, account.name],
            [t.email, account.email],
            [t.phone, account.phone],
            [t.organizers, account.organizers.map((organizer) => organizer.name).join(', ')],
          ]}
        />
        <p class="actions">
          <LinkButton kind="secondary" href="/account/profile">
            {t.editProfile}
          </LinkButton>
          <LinkButton kind="secondary" href="/account/security">
            {t.security}
          </LinkButton>
          {account.organizers.length === 0 && (
            <LinkButton kind="quiet" href="/account/organizer">
              {t.becomeOrganizer}
            </LinkButton>
          )}
        </p>
      </section>
    </Layout>
  )
}

function OrderCard({ page, order }: { page: PageContext; order: OwnOrder }) {
  const { event } = order
  const stub = (
    <div class="spread">
      <span class="small">
        {page.t.common.tickets(order.quantity)} · <Price page={page} money={order.total} />
      </span>
      <Badge tone={TONES[order.status]}>{page.t.order.orderStatuses[order.status]}</Badge>
    </div>
  )
  return (
    <Ticket as="li" stub={stub}>
      <h3>
        <a href={`/orders/${order.code}`}>{event.title}</a>
      </h3>
      <p class="soft small">{formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)}</p>
      <p class="small">{[event.venue, event.city].filter(Boolean).join(', ')}</p>
    </Ticket>
  )
}
