// /organizer/events/new and …/{slug}/setup/…: an event created step by step. Each step is saved when it is left, so that anybody may go and come back.
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { leads } from '#src/kernel/actor.ts'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { isTimeZone, toLocalTime } from '#src/kernel/zone.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { beginEvent, USUAL_LENGTH_MS } from '#src/modules/events/begin-event.ts'
import { setCover } from '#src/modules/events/change-cover.ts'
import { MAX_UPLOAD_BYTES } from '#src/modules/events/cover-image.ts'
import { eventError } from '#src/modules/events/errors.ts'
import { MAX_DESCRIPTION, MAX_TITLE, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent, listCategories, willBeReviewed, type Category } from '#src/modules/events/find-events.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { listOwnOrganizers } from '#src/modules/identity/find-organizers.ts'
import { createTicketType } from '#src/modules/ticketing/create-ticket-type.ts'
import { deleteTicketType } from '#src/modules/ticketing/delete-ticket-type.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import { updateTicketType } from '#src/modules/ticketing/update-ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import type { Option } from '../ui/fields.tsx'
import { freshForm, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { eventPath } from './event-frame.tsx'
import { CheckStep, LookStep, TicketsStep, WhatStep, WhenStep } from './guide-screens.tsx'
import { guidePath, stepOf } from './guide-steps.ts'

type SlugRequest = { Params: { slug: string } }
type TypeRequest = { Params: { slug: string; id: string } }

export async function guidePages(server: FastifyInstance, app: App): Promise<void> {
  const onDraft = draftPages(app)

  server.get<SlugRequest>(
    '/organizer/events/:slug/setup',
    onDraft(async (_request, reply, event) => reply.redirect(guidePath(event, stepOf(event)), 303)),
  )

  // 1. What it is: the draft is born.
  server.get<{ Querystring: { organizer?: string } }>('/organizer/events/new', async (request, reply) => {
    const page = pageOf(request)
    const [categories, organizers] = await Promise.all([listCategories(app), ledOrganizers(app, page)])
    if (organizers.length === 0) return reply.redirect('/account/organizer', 303)
    const asked = readForm(page, request.query).text('organizer')
    const form = freshForm({ organizer: asked || organizers[0]![0], visibility: 'public' })
    return sendPage(reply, <WhatStep page={page} form={form} categories={categories} organizers={organizers} />)
  })
  server.post('/organizer/events/new', async (request, reply) => {
    const page = pageOf(request)
    const [categories, organizers] = await Promise.all([listCategories(app), ledOrganizers(app, page)])
    const form = readForm(page, request.body)
    const words = readWhat(form, categories)
    const again = (state: FormState, status: number) =>
      sendPage(reply, <WhatStep page={page} form={state} categories={categories} organizers={organizers} />, { status })
    if (!words) return again(form.state(), 422)
    try {
      const event = await beginEvent(app, request.actor, { ...words, ...(organizers.length > 1 ? { organizer: form.text('organizer') } : {}) })
      return reply.redirect(guidePath(event, 'when'), 303)
    } catch (error) {
      return again(refusedForm(page, form, error, { organizer_ambiguous: 'organizer' }), statusOf(error))
    }
  })
  server.get<SlugRequest>(
    '/organizer/events/:slug/setup/what',
    onDraft(async (request, reply, event) => {
      const { title, category, visibility } = event
      const form = freshForm({ title, category, visibility })
      return sendPage(reply, <WhatStep page={pageOf(request)} event={event} form={form} categories={await listCategories(app)} />)
    }),
  )
  server.post<SlugRequest>(
    '/organizer/events/:slug/setup/what',
    onDraft(async (request, reply, event) => {
      const page = pageOf(request)
      const categories = await listCategories(app)
      const form = readForm(page, request.body)
      const words = readWhat(form, categories)
      const again = (state: FormState, status: number) =>
        sendPage(reply, <WhatStep page={page} event={event} form={state} categories={categories} />, { status })
      if (!words) return again(form.state(), 422)
      try {
        await updateEvent(app, request.actor, event.slug, words)
        return reply.redirect(guidePath(event, 'when'), 303)
      } catch (error) {
        return again(refusedForm(page, form, error), statusOf(error))
      }
    }),
  )

  // 2. When and where.
  server.get<SlugRequest>(
    '/organizer/events/:slug/setup/when',
    onDraft(async (request, reply, event) => sendPage(reply, <WhenStep page={pageOf(request)} event={event} form={whenForm(event)} />)),
  )
  server.post<SlugRequest>(
    '/organizer/events/:slug/setup/when',
    onDraft(async (request, reply, event) => {
      const page = pageOf(request)
      const form = readForm(page, request.body)
      const details = readWhen(form, app.clock.now())
      const again = (state: FormState, status: number) => sendPage(reply, <WhenStep page={page} event={event} form={state} />, { status })
      if (!details) return again(form.state(), 422)
      try {
        await updateEvent(app, request.actor, event.slug, details, 'schedule')
        return reply.redirect(guidePath(event, 'tickets'), 303)
      } catch (error) {
        return again(refusedForm(page, form, error), statusOf(error))
      }
    }),
  )

  ticketSteps(server, app, onDraft)
  await lookStep(server, app, onDraft)

  // 5. Look at it once more, and publish.
  server.get<SlugRequest>(
    '/organizer/events/:slug/setup/check',
    onDraft(async (request, reply, event) => {
      const types = await listTicketTypes(app, event.id, { hidden: true })
      const review = (await willBeReviewed(app, request.actor, event)) ? app.config.reviewHours : null
      return sendPage(reply, <CheckStep page={pageOf(request)} event={event} types={types} review={review} now={app.clock.now()} />)
    }),
  )
}

type OnDraft = ReturnType<typeof draftPages>

/** Hands a page the draft that its address names. What is published already is changed on its own pages. */
function draftPages(app: App) {
  return <Request extends SlugRequest>(answer: (request: FastifyRequest<Request>, reply: FastifyReply, event: Event) => Promise<FastifyReply>) =>
    async (request: FastifyRequest<Request>, reply: FastifyReply): Promise<FastifyReply> => {
      const event = await getTeamEvent(app, request.actor, (request.params as SlugRequest['Params']).slug)
      return event.status === 'draft' ? answer(request, reply, event) : reply.redirect(eventPath(event), 303)
    }
}

// 3. What is sold: any number of types, each with no more than a name, a price and a number.
function ticketSteps(server: FastifyInstance, app: App, onDraft: OnDraft): void {
  const typesOf = (event: Event) => listTicketTypes(app, event.id, { hidden: true })
  async function loadType(event: Event, id: string) {
    const types = await typesOf(event)
    const type = types.find((candidate) => candidate.id === Number(id))
    if (!type) throw kernelError('not_found')
    return { types, type }
  }
  const path = '/organizer/events/:slug/setup/tickets'

  server.get<SlugRequest>(
    path,
    onDraft(async (request, reply, event) => {
      return sendPage(reply, <TicketsStep page={pageOf(request)} event={event} types={await typesOf(event)} form={freshForm({})} />)
    }),
  )
  server.post<SlugRequest>(
    path,
    onDraft(async (request, reply, event) => {
      const page = pageOf(request)
      const types = await typesOf(event)
      const form = readForm(page, request.body)
      const stays = form.text('next') === 'more'
      const nothingTyped = ['name', 'price', 'quantity'].every((name) => !form.text(name))
      const goOn = async (stay = false) => {
        if (stay) return reply.redirect(`${guidePath(event, 'tickets')}#more`, 303)
        await updateEvent(app, request.actor, event.slug, {}, 'tickets')
        return reply.redirect(guidePath(event, 'look'), 303)
      }
      // Tickets may come later: an event can be announced before it is sold.
      if (form.text('next') === 'later' || (nothingTyped && !stays && types.length > 0)) return goOn()
      const { name, price, quantity } = readType(form, event)
      const again = (state: FormState, status: number) =>
        sendPage(reply, <TicketsStep page={page} event={event} types={types} form={state} />, { status })
      if (form.failed()) return again(form.state(), 422)
      try {
        await createTicketType(app, request.actor, event.slug, { name, price, quantity })
        return await goOn(stays)
      } catch (error) {
        // Pressed twice on a slow network: it stands there already, just as it was typed.
        const isThere = (type: TicketType) => type.name === name && type.facePrice.amount === price.amount && type.quota.size === quantity
        if (isDomainError(error, 'ticket_type_name_taken') && (await typesOf(event)).some(isThere)) return await goOn(stays)
        return again(refusedForm(page, form, error, FIELD_OF()), statusOf(error))
      }
    }),
  )
  server.post<TypeRequest>(
    `${path}/:id`,
    onDraft<TypeRequest>(async (request, reply, event) => {
      const page = pageOf(request, guidePath(event, 'tickets'))
      const { types, type } = await loadType(event, request.params.id)
      const form = readForm(page, request.body)
      const { name, price, quantity } = readType(form, event, type)
      const again = (state: FormState, status: number) =>
        sendPage(reply, <TicketsStep page={page} event={event} types={types} form={state} open={type.id} />, { status })
      if (form.failed()) return again(form.state(), 422)
      try {
        await updateTicketType(app, request.actor, type.id, { name, price, ...(type.quota.kind === 'own' ? { quantity } : {}) })
        return await reply.redirect(guidePath(event, 'tickets'), 303)
      } catch (error) {
        return again(refusedForm(page, form, error, FIELD_OF(`-${type.id}`)), statusOf(error))
      }
    }),
  )
  server.post<TypeRequest>(
    `${path}/:id/delete`,
    onDraft<TypeRequest>(async (request, reply, event) => {
      const page = pageOf(request, guidePath(event, 'tickets'))
      const { types, type } = await loadType(event, request.params.id)
      try {
        await deleteTicketType(app, request.actor, type.id)
        return await reply.redirect(guidePath(event, 'tickets'), 303)
      } catch (error) {
        const form = refusedForm(page, { values: {} }, error)
        return sendPage(reply, <TicketsStep page={page} event={event} types={types} form={form} />, {
          status: statusOf(error),
        })
      }
    }),
  )
}

/** Each type's form has fields of its own, since all of them stand on one page. */
const FIELD_OF = (suffix = '') => ({
  ticket_type_name_taken: `name${suffix}`,
  quota_below_sold: `quantity${suffix}`,
  '/body/name': `name${suffix}`,
  '/body/price/amount': `price${suffix}`,
  '/body/quantity': `quantity${suffix}`,
})

function readType(form: FormReader, event: Event, type?: TicketType) {
  const suffix = type ? `-${type.id}` : ''
  const shares = type !== undefined && type.quota.kind !== 'own'
  return {
    name: form.required(`name${suffix}`, 120) ?? '',
    price: { amount: form.money(`price${suffix}`, event.currency) ?? 0, currency: event.currency },
    quantity: shares ? undefined : form.integer(`quantity${suffix}`, { required: true, min: 1, max: 10_000_000 }),
  }
}

// 4. How it looks: a picture and some words, both of which may wait.
async function lookStep(server: FastifyInstance, app: App, onDraft: OnDraft): Promise<void> {
  const path = '/organizer/events/:slug/setup/look'
  server.get<SlugRequest>(
    path,
    onDraft(async (request, reply, event) =>
      sendPage(reply, <LookStep page={pageOf(request)} event={event} form={freshForm({ description: event.description })} />),
    ),
  )
  await server.register(async (scope) => {
    await scope.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: 1, parts: 2, fieldSize: 4 * MAX_DESCRIPTION } })
    scope.post<SlugRequest>(
      path,
      { bodyLimit: MAX_UPLOAD_BYTES + 4 * MAX_DESCRIPTION + 10_000 },
      onDraft(async (request, reply, event) => {
        const page = pageOf(request)
        const { description, cover } = await readLook(request)
        const form = readForm(page, { description })
        const again = (shown: Event, state: FormState) => sendPage(reply, <LookStep page={page} event={shown} form={state} />, { status: 422 })
        // The words are kept whatever becomes of the picture.
        const saved = await updateEvent(app, request.actor, event.slug, { description: form.text('description') }, 'look').catch((error: unknown) =>
          refusedForm(page, form, error),
        )
        if ('values' in saved) return again(event, saved)
        try {
          if (cover === 'too_large') throw eventError('image_too_large')
          if (cover.length > 0) await setCover(app, request.actor, event.slug, cover)
          return await reply.redirect(guidePath(event, 'check'), 303)
        } catch (error) {
          if (!isDomainError(error) || error.kind === 'not_found' || error.kind === 'forbidden') throw error
          return again(saved, { ...form.state(), errors: { cover: errorMessage(page.locale, error.code) } })
        }
      }),
    )
  })
}

/** The words and the picture of a form that sends both; the picture is empty where none was chosen. */
async function readLook(request: FastifyRequest): Promise<{ description: string; cover: Buffer | 'too_large' }> {
  let description = ''
  let cover: Buffer = Buffer.alloc(0)
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') cover = await part.toBuffer()
      else description = String(part.value)
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'FST_REQ_FILE_TOO_LARGE') return { description, cover: 'too_large' }
    throw error
  }
  return { description, cover }
}

async function ledOrganizers(app: App, page: PageContext): Promise<Option[]> {
  const own = await listOwnOrganizers(app, requireAccount(page.actor))
  return own.filter(leads).map(({ slug, name }) => [slug, name])
}

function readWhat(form: FormReader, categories: Category[]) {
  const title = form.required('title', MAX_TITLE)
  const slugs = categories.map(({ slug }) => slug)
  const category = form.choice('category', slugs)
  const visibility = form.choice('visibility', ['public', 'unlisted', 'private'] as const)
  return title && category && visibility ? { title, category, visibility } : undefined
}

/** A suggested end is left out of the form: it follows the start, whatever that becomes. */
function whenForm(event: Event): FormState {
  const { venue, address, city, country, timezone } = event
  const isSuggestion = event.unconfirmed.includes('schedule')
  return freshForm({
    venue,
    address,
    city,
    country,
    timezone,
    startsAt: toLocalTime(event.startsAt, timezone),
    endsAt: isSuggestion ? '' : toLocalTime(event.endsAt, timezone),
  })
}

function readWhen(form: FormReader, now: Date) {
  const timezone = form.text('timezone')
  if (!isTimeZone(timezone)) form.fail('timezone', 'choice')
  const startsAt = form.moment('startsAt', timezone, { required: true })
  const endsAt = form.text('endsAt') ? form.moment('endsAt', timezone) : startsAt && new Date(startsAt.getTime() + USUAL_LENGTH_MS)
  if (startsAt && endsAt && endsAt <= startsAt) form.fail('endsAt', 'not_after_start')
  else if (endsAt && endsAt <= now) form.fail('startsAt', 'past')
  const city = form.required('city', 100)
  const country = form.required('country', 2)
  const place = { venue: form.text('venue'), address: form.text('address') }
  return startsAt && endsAt && city && country && !form.failed() ? { startsAt, endsAt, timezone, city, country, ...place } : undefined
}
