// What an event's page gives to take away: the entry for a calendar, the picture that other sites show.
import type { FastifyInstance } from 'fastify'
import type { Locale } from '#src/kernel/actor.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'
import type { Event } from '#src/modules/events/event.ts'
import { eventIn } from '#src/modules/events/event-languages.ts'
import { getVisibleEvent } from '#src/modules/events/find-events.ts'
import { orderCalendar } from '#src/modules/notifications/order-calendar.ts'
import { sharePicture } from '#src/modules/notifications/share-picture.ts'
import type { App } from '#src/platform/app.ts'

const KEPT = 100

/** Where the picture lies; another address after each change of the event, so that nobody shows the old one. */
export function sharePictureAddress(event: Pick<Event, 'slug' | 'updatedAt'>, locale: Locale): string {
  return `/events/${event.slug}/share-${locale}.jpg?v=${event.updatedAt.getTime().toString(36)}`
}

export async function eventFilePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Params: { slug: string }; Querystring: { invitation?: unknown } }>('/events/:slug/event.ics', async (request, reply) => {
    const { invitation } = request.query
    const event = await getVisibleEvent(app, request.actor, request.params.slug, {
      invitation: typeof invitation === 'string' ? invitation : undefined,
    })
    const { locale } = request.actor
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${messages(locale).paper.calendarName}.ics"`)
      .type('text/calendar; charset=utf-8')
      .send(orderCalendar(app, event, null, locale))
  })

  // Drawn once per event, language and change, however many ask meanwhile.
  const pictures = new Map<string, Promise<Buffer>>()
  for (const locale of LOCALES) {
    server.get<{ Params: { slug: string } }>(`/events/:slug/share-${locale}.jpg`, async (request, reply) => {
      const event = await getVisibleEvent(app, request.actor, request.params.slug)
      const key = `${event.id} ${locale} ${event.updatedAt.getTime()}`
      let picture = pictures.get(key)
      if (!picture) {
        if (pictures.size >= KEPT) pictures.delete(pictures.keys().next().value!)
        pictures.set(key, (picture = sharePicture(app, eventIn(event, locale), locale)))
        picture.catch(() => pictures.delete(key))
      }
      const shown = event.visibility === 'private' || event.publishedAt === null ? 'no-store' : 'public, max-age=86400'
      return reply
        .header('cache-control', shown)
        .type('image/jpeg')
        .send(await picture)
    })
  }
}
