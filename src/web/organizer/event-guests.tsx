// /organizer/events/{slug}/guests: who may see a private event.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent, listInvitations } from '#src/modules/events/find-events.ts'
import { inviteGuest, revokeInvitation, type Invitation } from '#src/modules/events/invite-guest.ts'
import { countTakenByInvitation } from '#src/modules/ticketing/find-invitation.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, DataTable, EmptyState, Pager, PostButton } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { requireId } from '../ui/params.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

export async function eventGuestPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/guests', async (request, reply) => show(request, reply, emptyForm, 200))

  server.post<SlugRequest>('/organizer/events/:slug/guests', async (request, reply) => {
    const page = pageOf(request)
    const form = readForm(page, request.body)
    const maxTickets = form.integer('maxTickets', { min: 1, max: 100 })
    if (form.failed()) return show(request, reply, form.state(), 422)
    try {
      await inviteGuest(app, request.actor, request.params.slug, {
        email: form.text('email'),
        name: form.text('name') || undefined,
        maxTickets,
      })
      return reply.redirect(eventPath(request.params, 'guests'), 303)
    } catch (error) {
      return show(request, reply, refusedForm(page, form, error), statusOf(error))
    }
  })

  server.post<{ Params: { slug: string; id: string } }>('/organizer/events/:slug/guests/:id/revoke', async (request, reply) => {
    await revokeInvitation(app, request.actor, request.params.slug, requireId(request.params.id))
    return reply.redirect(eventPath(request.params, 'guests'), 303)
  })

  async function show(request: FastifyRequest<SlugRequest>, reply: FastifyReply, form: FormState, status: number) {
    const page = pageOf(request)
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const guests = await listInvitations(app, request.actor, event.slug, {
      limit: 50,
      cursor: readForm(page, request.query).text('cursor') || undefined,
    })
    const taken = await countTakenByInvitation(
      app.db,
      event.id,
      guests.data.map((guest) => guest.id),
    )
    return sendPage(reply, <Guests page={page} event={event} guests={guests} taken={taken} form={form} />, { status })
  }
}

type GuestsProps = {
  page: PageContext
  event: Event
  guests: Page<Invitation>
  /** How many tickets each invitation was used for. */
  taken: ReadonlyMap<number, number>
  form: FormState
}

function Guests({ page, event, guests, taken, form }: GuestsProps) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={t.guests} failed={hasErrors(form)}>
      <p class="lead">{event.status === 'published' ? t.guestsHint : t.guestsLaterHint}</p>
      <ErrorSummary page={page} form={form} />
      <DataTable
        caption={t.guests}
        rows={guests.data}
        empty={<EmptyState title={t.noGuests} />}
        columns={[
          {
            label: page.t.checkout.email,
            cell: (guest) => (
              <>
                {guest.email}
                {guest.name && <span class="hint block">{guest.name}</span>}
              </>
            ),
          },
          { label: t.guestTaken, numeric: true, cell: (guest) => t.takenOf(taken.get(guest.id) ?? 0, guest.maxTickets) },
          { label: t.invitedAt, cell: (guest) => (guest.announcedAt ? formatMoment(guest.announcedAt, event.timezone, page.locale) : t.notYetSent) },
          {
            label: page.t.common.actions,
            cell: (guest) => (
              <PostButton kind="quiet" action={eventPath(event, 'guests', guest.id, 'revoke')}>
                {t.release}
              </PostButton>
            ),
          },
        ]}
      />
      <Pager page={page} nextCursor={guests.nextCursor} />
      {isEditable(event) && (
        <section class="group">
          <h2>{t.addGuest}</h2>
          <form class="form" method="post" action={eventPath(event, 'guests')} novalidate>
            <TextField form={form} name="email" label={page.t.checkout.email} type="email" autocomplete="off" required />
            <TextField form={form} name="name" label={t.name} optional={page.t.common.optional} maxlength={120} />
            <TextField
              form={form}
              name="maxTickets"
              label={t.guestMax}
              hint={t.guestMaxHint}
              optional={page.t.common.optional}
              inputmode="numeric"
              size="short"
            />
            <Button>{t.invite}</Button>
          </form>
        </section>
      )}
    </EventFrame>
  )
}
