// GET /categories: what events are sorted by.
import { Type } from 'typebox'
import { textIn } from '#src/locales/locale.ts'
import { listCategories } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'
import type { ApiServer } from './native-api.ts'
import { refusals, wholeListOf } from './schemas.ts'

const CategorySchema = Type.Object(
  {
    slug: Type.String(),
    name: Type.String({ description: 'In the caller’s language.' }),
    names: Type.Record(Type.String(), Type.String(), { description: 'By language: `fr`, `en`.' }),
  },
  { additionalProperties: false },
)

export async function categoriesApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/categories',
    {
      schema: {
        operationId: 'listCategories',
        tags: ['Events'],
        summary: 'Every category, in the order to show them',
        response: { 200: wholeListOf(CategorySchema), ...refusals },
      },
    },
    async (request) => {
      const categories = await listCategories(app)
      return {
        data: categories.map(({ slug, names }) => ({ slug, name: textIn(names, request.actor.locale), names })),
        nextCursor: null,
      }
    },
  )
}
