// /events/{slug}/refund-policy, /fees and /languages: what a team decides about its event beyond what it is.
import { Type } from 'typebox'
import { LOCALES } from '#src/locales/locale.ts'
import { changeFees } from '#src/modules/events/change-fees.ts'
import { changeRefundPolicy } from '#src/modules/events/change-refund-policy.ts'
import type { Event } from '#src/modules/events/event.ts'
import { translateEvent } from '#src/modules/ticketing/translate-event.ts'
import type { App } from '#src/platform/app.ts'
import { getEventCard } from '#src/reads/list-events.ts'
import { eventJson, EventSchema, NewRefundPolicySchema, SlugParams, TranslationsSchema } from './event-json.ts'
import type { ApiServer } from './native-api.ts'
import { IdSchema, refusals } from './schemas.ts'
import { TypeTranslationsSchema } from './ticket-types.ts'

const tags = ['Event settings']

export async function eventSettingsApi(server: ApiServer, app: App): Promise<void> {
  const show = async (event: Event) => eventJson(app, event, await getEventCard(app.db, event.id))

  server.put(
    '/events/:slug/refund-policy',
    {
      schema: {
        operationId: 'setRefundPolicy',
        tags,
        summary: 'Promise until when money comes back',
        description: 'Once there are orders it may only become more generous: `refund_policy_promised`.',
        params: SlugParams,
        body: NewRefundPolicySchema,
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await changeRefundPolicy(app, request.actor, request.params.slug, request.body)),
  )

  server.put(
    '/events/:slug/fees',
    {
      schema: {
        operationId: 'setFees',
        tags,
        summary: 'Say who bears the commission',
        description: 'Orders that were placed keep their price.',
        params: SlugParams,
        body: Type.Object({ passedOn: Type.Boolean({ description: 'Buyers pay it on top of each face price.' }) }, { additionalProperties: false }),
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await changeFees(app, request.actor, request.params.slug, request.body)),
  )

  server.put(
    '/events/:slug/languages',
    {
      schema: {
        operationId: 'setLanguages',
        tags,
        summary: 'Say what an event is called in which language',
        description: 'Replaces every translation of the event, and those of the ticket types that are named.',
        params: SlugParams,
        body: Type.Object(
          {
            language: Type.Enum([...LOCALES], { description: 'What `title` and `description` are written in.' }),
            translations: TranslationsSchema,
            types: Type.Optional(
              Type.Array(Type.Object({ id: IdSchema, translations: TypeTranslationsSchema }, { additionalProperties: false }), { maxItems: 200 }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await translateEvent(app, request.actor, request.params.slug, request.body)),
  )
}
