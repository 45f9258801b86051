// One participant as the team sees it, the question before a ticket is replaced or taken back, and the history of a ticket or an order.
import { formatMoney } from '#src/kernel/money.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import type { OpenGate } from '#src/modules/access/find-gates.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { canRefundOrder } from '#src/modules/ticketing/policy.ts'
import type { HistoryEntry } from '#src/reads/ticket-history.ts'
import { Button, DataTable, Facts, LinkButton, Notice, PostButton, Price } from '../ui/components.tsx'
import { CheckField, ErrorSummary, SelectField, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'
import { orderPath } from './event-orders.tsx'
import { participantPath, TicketBadge } from './event-participants.tsx'

export const REISSUE_REASONS = ['lost', 'copied', 'other'] as const

export type TicketScene = {
  event: Event
  order: Order
  ticket: ShownTicket
  /** Where the actor may let it in now. */ gates: OpenGate[]
  /** How many other tickets its order has. */ siblings: number
}

type OneParticipantProps = TicketScene & { page: PageContext; history: HistoryEntry[]; form: FormState; done: string }

export function OneParticipant({ page, event, order, ticket, gates, siblings, history, form, done }: OneParticipantProps) {
  const t = page.t.lists
  const name = ticket.holderName ?? order.buyer.name
  const address = ticket.holderEmail ?? order.buyer.email
  const doneWords = Object.hasOwn(t.done, done) ? t.done[done as keyof typeof t.done] : undefined
  const own = participantPath(event, ticket.id)
  return (
    <EventFrame
      page={page}
      event={event}
      title={name}
      failed={hasErrors(form)}
      under={[eventPath(event, 'participants'), page.t.organizer.participants]}
    >
      {doneWords && <Notice tone="good" title={doneWords} />}
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [
            t.ticket,
            <>
              {ticket.ticketType} <TicketBadge page={page} status={ticket.status} />
            </>,
          ],
          [page.t.organizer.ticketCode, <span class="number">{ticket.code}</span>],
          [t.paid, <Price page={page} money={{ amount: ticket.price, currency: order.total.currency }} />],
          [
            t.order,
            <>
              <a href={orderPath(event, order)} class="number">
                {order.code}
              </a>
              {siblings > 0 && <span class="soft"> {page.t.common.tickets(siblings + 1)}</span>}
            </>,
          ],
          [t.buyer, order.buyer.name],
          [page.t.checkout.email, order.buyer.email && <a href={`mailto:${order.buyer.email}`}>{order.buyer.email}</a>],
          [page.t.checkout.phone, order.buyer.phone && <a href={`tel:${order.buyer.phone}`}>{formatPhone(order.buyer.phone)}</a>],
        ]}
      />
      {ticket.qr !== null && (
        <div class="desk">
          <form method="post" action={`${own}/holder`} class="stack">
            <h2>{t.holder}</h2>
            <TextField
              form={{ ...form, values: { name, ...form.values } }}
              name="name"
              label={page.t.organizer.holderName}
              hint={t.holderHint}
              autocapitalize="words"
              maxlength={200}
            />
            <TextField
              form={{ ...form, values: { email: ticket.holderEmail ?? '', ...form.values } }}
              name="email"
              type="email"
              label={t.holderEmail}
              hint={t.holderEmailHint}
              optional={page.t.common.optional}
              autocapitalize="none"
              maxlength={254}
            />
            <p>
              <Button kind="secondary">{t.save}</Button>
            </p>
          </form>
          <section class="stack">
            <h2>{t.ticket}</h2>
            {ticket.status === 'issued' && (
              <div class="stack stack--tight">
                <p class="hint">{t.activateHint}</p>
                <p>
                  <PostButton kind="primary" action={`${own}/activate`}>
                    {t.activate}
                  </PostButton>
                </p>
              </div>
            )}
            {ticket.status !== 'issued' && <CheckIn page={page} event={event} ticket={ticket} gates={gates} form={form} />}
            <div class="stack stack--tight">
              <p class="hint">{address ? t.sendAgainHint(address) : t.noAddress}</p>
              {address && (
                <p>
                  <PostButton action={`${own}/resend`}>{t.sendAgain}</PostButton>
                </p>
              )}
            </div>
            {ticket.status !== 'inside' && (
              <div class="stack stack--tight">
                <p class="hint">{t.reissueHint}</p>
                <p>
                  <LinkButton kind="secondary" href={`${own}/reissue`}>
                    {t.reissue}
                  </LinkButton>
                </p>
              </div>
            )}
            <GiveUp page={page} event={event} order={order} ticket={ticket} />
          </section>
        </div>
      )}
      <History page={page} event={event} entries={history} />
    </EventFrame>
  )
}

type CheckInProps = { page: PageContext; event: Event; ticket: ShownTicket; gates: OpenGate[]; form: FormState }

function CheckIn({ page, event, ticket, gates, form }: CheckInProps) {
  const t = page.t.lists
  if (gates.length === 0) return <p class="hint">{t.noGateOpen}</p>
  return (
    <form method="post" action={participantPath(event, ticket.id, 'passage')} class="stack">
      <SelectField
        form={form}
        name="gate"
        label={t.checkInAt}
        hint={t.checkInHint}
        options={gates.map((gate) => [String(gate.id), gate.name] as const)}
      />
      <p>
        <Button>{ticket.status === 'inside' ? t.checkOut : t.checkIn}</Button>
      </p>
    </form>
  )
}

function GiveUp({ page, event, order, ticket }: { page: PageContext; event: Event; order: Order; ticket: ShownTicket }) {
  const t = page.t.lists
  if (ticket.price === 0)
    return (
      <p>
        <LinkButton kind="quiet" href={participantPath(event, ticket.id, 'cancel')}>
          {t.giveUp}
        </LinkButton>
      </p>
    )
  if (!canRefundOrder(page.actor, order)) return null
  return (
    <p>
      <LinkButton kind="quiet" href={`${orderPath(event, order, 'refund')}?ticket=${ticket.id}`}>
        {t.giveUpPaid(formatMoney({ amount: ticket.price, currency: order.total.currency }, page.locale))}
      </LinkButton>
    </p>
  )
}

type ConfirmProps = TicketScene & { page: PageContext; action: 'reissue' | 'cancel'; form: FormState; askForce?: boolean }

export function ConfirmTicket({ page, event, order, ticket, action, form, askForce }: ConfirmProps) {
  const t = page.t.lists
  const name = ticket.holderName ?? order.buyer.name
  const reissue = action === 'reissue'
  return (
    <EventFrame
      page={page}
      event={event}
      title={reissue ? t.reissueTitle : t.cancelTicketTitle}
      failed={hasErrors(form)}
      under={[participantPath(event, ticket.id), name]}
    >
      <ErrorSummary page={page} form={form} />
      <Notice tone="warn" title={`${name}, ${ticket.ticketType}`}>
        <p>{reissue ? (ticket.holderEmail || order.buyer.email ? t.reissueWarning : t.reissueNoMail) : t.giveUpFree}</p>
      </Notice>
      <form class="form" method="post" action={participantPath(event, ticket.id, action)}>
        {reissue && (
          <SelectField
            form={form}
            name="reason"
            label={t.reason}
            options={REISSUE_REASONS.map((reason) => [reason, t.reissueReasons[reason]] as const)}
          />
        )}
        {askForce && <CheckField form={emptyForm} name="force" label={page.t.organizer.force} hint={page.t.organizer.forceHint} />}
        <div class="actions">
          <Button kind="danger">{reissue ? t.reissue : t.giveUp}</Button>
          <LinkButton kind="quiet" href={participantPath(event, ticket.id)}>
            {page.t.common.back}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}

/** What happened, the latest first. Facts that we have no words for are none of a team's business. */
export function History({ page, event, entries }: { page: PageContext; event: Event; entries: readonly HistoryEntry[] }) {
  const t = page.t.lists
  const shown = entries.flatMap((entry) => {
    const words = wordsOf(page, entry)
    return words === undefined ? [] : [{ ...entry, words }]
  })
  return (
    <section class="stack">
      <h2>{t.history}</h2>
      <DataTable
        caption={t.history}
        rows={shown}
        empty={<p class="soft">{t.historyEmpty}</p>}
        columns={[
          { label: t.what, cell: (entry) => entry.words },
          {
            label: t.when,
            cell: (entry) => <time dateTime={entry.at.toISOString()}>{formatMoment(entry.at, event.timezone, page.locale)}</time>,
          },
          {
            label: t.who,
            minor: true,
            cell: ({ by }) => (by.kind === 'person' ? by.name : by.kind === 'buyer' ? t.byBuyer : t.bySystem),
          },
        ]}
      />
    </section>
  )
}

function wordsOf(page: PageContext, entry: HistoryEntry): string | undefined {
  const t = page.t.lists
  switch (entry.what) {
    case 'fact':
      return Object.hasOwn(t.facts, entry.kind) ? t.facts[entry.kind as keyof typeof t.facts] : undefined
    case 'mail':
      return Object.hasOwn(t.mails, entry.status) ? t.mails[entry.status as keyof typeof t.mails] : undefined
    case 'scan': {
      const refused = entry.code !== 'OK' || entry.direction === null
      const what = refused ? `${t.scans.refused} (${page.t.gate.codes[entry.code][0]})` : t.scans[entry.direction!]
      return t.atGate(what, entry.gate)
    }
  }
}
