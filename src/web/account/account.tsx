// /account: the tickets of who is signed in, the next one first and large; the orders, and the way to everything else about the account.
import type { FastifyInstance } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import type { AccountView } from '#src/modules/identity/account.ts'
import { getAccountView, requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { listOrdersOfAccount, listTicketsOfAccount, type OwnOrder, type OwnTickets } from '#src/reads/orders-of-account.ts'
import { Badge, DataTable, EmptyState, Facts, LinkButton, Notice, Pager, PostButton, Price, Ticket, type Tone } from '../ui/components.tsx'
import { readForm } from '../ui/form.ts'
import { formatDay, formatMoment, formatSpan, formatTime, formatUntil } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import type { Fields } from './account-form.ts'
import { Portrait } from '../ui/portrait.tsx'

const TONES: Readonly<Record<OrderStatus, Tone | 'plain'>> = {
  awaiting_payment: 'warn',
  paid: 'good',
  expired: 'plain',
  cancelled: 'plain',
  refund_due: 'warn',
  partially_refunded: 'good',
  refunded: 'plain',
}

const RECEIPTS: readonly OrderStatus[] = ['paid', 'partially_refunded', 'refunded']

export async function accountHomePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: Fields }>('/account', async (request, reply) => {
    const page = pageOf(request)
    const actor = requireAccount(request.actor)
    const asked = readForm(page, request.query)
    const cursor = asked.text('cursor') || undefined
    const [account, orders, upcoming, past] = await Promise.all([
      getAccountView(app.db, actor.accountId),
      listOrdersOfAccount(app, actor, { limit: 10, cursor }),
      cursor ? [] : listTicketsOfAccount(app, actor, 'upcoming'),
      cursor ? [] : listTicketsOfAccount(app, actor, 'past'),
    ])
    return sendPage(
      reply,
      <Account
        page={page}
        account={account}
        orders={orders}
        upcoming={upcoming}
        past={past}
        now={app.clock.now()}
        mailed={asked.checked('mailed')}
        first={!cursor}
      />,
    )
  })
}

type AccountProps = {
  page: PageContext
  account: AccountView
  orders: Page<OwnOrder>
  upcoming: OwnTickets[]
  past: OwnTickets[]
  now: Date
  mailed: boolean
  /** Further pages are about older orders alone. */
  first: boolean
}

function Account(props: AccountProps) {
  const { page, account, orders, mailed, first } = props
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
      {first && <MyTickets {...props} />}
      {orders.data.length > 0 && (
        <section class="stack" aria-labelledby="orders">
          <h2 id="orders">{t.orders}</h2>
          <DataTable
            caption={t.orders}
            rows={orders.data}
            columns={[
              {
                label: t.event,
                cell: (order) => (
                  <>
                    <a href={`/orders/${order.code}`}>{order.event.title}</a>
                    <span class="hint block">{t.placed(order.code, formatMoment(order.createdAt, order.event.timezone, page.locale))}</span>
                  </>
                ),
              },
              { label: t.tickets, numeric: true, minor: true, cell: (order) => order.quantity },
              { label: page.t.checkout.total, numeric: true, cell: (order) => <Price page={page} money={order.total} /> },
              { label: t.state, cell: (order) => <OrderState page={page} order={order} now={props.now} /> },
              {
                label: t.paper,
                cell: (order) =>
                  RECEIPTS.includes(order.status) && order.paidAt ? (
                    <a href={`/orders/${order.code}/receipt.pdf`} download>
                      {page.t.receipt.download}
                    </a>
                  ) : null,
              },
            ]}
          />
          <Pager page={page} nextCursor={orders.nextCursor} />
        </section>
      )}
      {first && <About page={page} account={account} />}
    </Layout>
  )
}

function OrderState({ page, order, now }: { page: PageContext; order: OwnOrder; now: Date }) {
  const t = page.t.account.home
  return (
    <>
      <Badge tone={TONES[order.status]}>{page.t.order.orderStatuses[order.status]}</Badge>
      {order.status === 'awaiting_payment' && order.expiresAt !== null && order.expiresAt > now && (
        <>
          {' '}
          <a href={`/orders/${order.code}`}>{t.pay}</a>
        </>
      )}
      {order.refundRequest && (
        <>
          {' '}
          <Badge tone={order.refundRequest === 'open' ? 'warn' : 'plain'}>{t.refundStates[order.refundRequest]}</Badge>
        </>
      )}
    </>
  )
}

function MyTickets({ page, upcoming, past, now }: AccountProps) {
  const t = page.t.account.home
  const [next, ...others] = upcoming
  return (
    <section class="stack" aria-labelledby="tickets">
      <h2 id="tickets">{t.myTickets}</h2>
      {next ? (
        <NextTicket page={page} own={next} now={now} />
      ) : (
        <EmptyState title={t.noTickets} action={<LinkButton href="/events">{page.t.common.errorPage.toEvents}</LinkButton>}>
          <p>{t.noTicketsHint}</p>
        </EmptyState>
      )}
      {others.length > 0 && (
        <ul class="cards">
          {others.map((own) => (
            <Ticket
              key={own.orderCode}
              as="li"
              stub={
                <div class="spread">
                  <span class="small">{page.t.common.tickets(own.tickets)}</span>
                  <a href={`/orders/${own.orderCode}/show/${own.firstTicketId}`}>{page.t.order.fullScreen}</a>
                </div>
              }
            >
              <h3>
                <a href={`/orders/${own.orderCode}`}>{own.event.title}</a>
              </h3>
              <p class="soft small">{formatSpan(own.event.startsAt, own.event.endsAt, own.event.timezone, page.locale)}</p>
              <p class="small">{[own.event.venue, own.event.city].filter(Boolean).join(', ')}</p>
            </Ticket>
          ))}
        </ul>
      )}
      {past.length > 0 && (
        <details>
          <summary>{t.past(past.length)}</summary>
          <ul class="plain-list">
            {past.map((own) => (
              <li key={own.orderCode}>
                <a href={`/orders/${own.orderCode}`}>{own.event.title}</a>{' '}
                <span class="soft small">
                  {formatDay(own.event.startsAt, own.event.timezone, page.locale)} · {page.t.common.tickets(own.tickets)}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function NextTicket({ page, own, now }: { page: PageContext; own: OwnTickets; now: Date }) {
  const { event, orderCode } = own
  const until = formatUntil(event.startsAt, now, event.timezone, page.locale)
  return (
    <Ticket
      kind="wide"
      as="article"
      stub={
        <>
          <p class="total">
            <strong>{page.t.common.tickets(own.tickets)}</strong>
          </p>
          <LinkButton href={`/orders/${orderCode}/show/${own.firstTicketId}`}>{page.t.order.fullScreen}</LinkButton>
          <LinkButton kind="secondary" href={`/orders/${orderCode}`}>
            {page.t.order.everyTicket}
          </LinkButton>
        </>
      }
    >
      <p class="soft small">{event.startsAt <= now ? page.t.public.running : until}</p>
      <h3 class="next-title">{event.title}</h3>
      <p>
        {formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)}
        <br />
        {[event.venue, event.city].filter(Boolean).join(', ')}
      </p>
      {event.doorsOpenAt && <p class="soft small">{page.t.public.doors(formatTime(event.doorsOpenAt, event.timezone, page.locale))}</p>}
    </Ticket>
  )
}

function About({ page, account }: { page: PageContext; account: AccountView }) {
  const t = page.t.account.home
  return (
    <section class="stack" aria-labelledby="profile">
      <h2 id="profile">{t.profile}</h2>
      <Portrait photo={account.photo} name={account.name} />
      <Facts
        rows={[
          [t.name, account.name],
          [t.email, account.email],
          [t.phone, account.phone && formatPhone(account.phone)],
          [
            t.organizers,
            account.organizers.length > 0 && <a href="/organizer/team">{account.organizers.map((organizer) => organizer.name).join(', ')}</a>,
          ],
        ]}
      />
      <p class="actions">
        <LinkButton kind="secondary" href="/account/profile">
          {t.editProfile}
        </LinkButton>
        <LinkButton kind="secondary" href="/account/security">
          {t.security}
        </LinkButton>
        <LinkButton kind="quiet" href="/account/data">
          {t.data}
        </LinkButton>
        {account.organizers.length === 0 && (
          <LinkButton kind="quiet" href="/account/organizer">
            {t.becomeOrganizer}
          </LinkButton>
        )}
      </p>
    </section>
  )
}
