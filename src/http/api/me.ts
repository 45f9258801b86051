// /me: the signed-in account.
import { Type } from 'typebox'
import { getAccountView, requireAccount } from '#src/modules/identity/find-accounts.ts'
import { listSessions } from '#src/modules/identity/find-sessions.ts'
import { revokeOwnSession } from '#src/modules/identity/revoke-session.ts'
import { updateAccount } from '#src/modules/identity/update-account.ts'
import type { App } from '#src/platform/app.ts'
import { listOrdersOfAccount } from '#src/reads/orders-of-account.ts'
import { LocaleSchema, sessionJson, SessionSchema, userJson, UserSchema } from './account-json.ts'
import type { ApiServer } from './native-api.ts'
import { orderStatusJson, OrderStatusSchema } from './order-json.ts'
import { isoTime, MoneySchema, nullable, pageOf, PageQuery, refusals, TimeSchema } from './schemas.ts'

const tags = ['Me']

const OwnOrderSchema = Type.Object(
  {
    code: Type.String(),
    event: Type.Object(
      {
        slug: Type.String(),
        title: Type.String(),
        startsAt: TimeSchema,
        endsAt: TimeSchema,
        timezone: Type.String(),
        venue: Type.String(),
        city: Type.String(),
      },
      { additionalProperties: false },
    ),
    status: OrderStatusSchema,
    quantity: Type.Integer(),
    total: MoneySchema,
    expiresAt: nullable(TimeSchema),
    createdAt: TimeSchema,
    paidAt: nullable(TimeSchema),
  },
  { additionalProperties: false },
)

export async function meApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/me',
    {
      schema: { operationId: 'getMe', tags, summary: 'Show the signed-in account', response: { 200: UserSchema, ...refusals } },
    },
    async (request) => {
      return userJson(await getAccountView(app.db, requireAccount(request.actor).accountId))
    },
  )

  server.patch(
    '/me',
    {
      schema: {
        operationId: 'updateMe',
        tags,
        summary: 'Change profile, address or password',
        description:
          'A new address or password needs `currentPassword`. A new address takes the place of a proven one once the link mailed to it is followed (`pendingEmail` until then); a new password ends the other sessions.',
        body: Type.Object(
          {
            name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
            phone: Type.Optional(nullable(Type.String({ maxLength: 30 }))),
            locale: Type.Optional(LocaleSchema),
            email: Type.Optional(Type.String({ minLength: 3, maxLength: 320 })),
            password: Type.Optional(Type.String({ maxLength: 1024 })),
            currentPassword: Type.Optional(Type.String({ maxLength: 1024 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: UserSchema, ...refusals },
      },
    },
    async (request) => {
      return userJson(await updateAccount(app, requireAccount(request.actor), request.body))
    },
  )

  server.get(
    '/me/sessions',
    {
      schema: {
        operationId: 'listMySessions',
        tags,
        summary: 'List where the account is signed in',
        response: { 200: pageOf(SessionSchema), ...refusals },
      },
    },
    async (request) => {
      return { data: (await listSessions(app, requireAccount(request.actor))).map(sessionJson), nextCursor: null }
    },
  )

  server.delete(
    '/me/sessions/:id',
    {
      schema: {
        operationId: 'revokeSession',
        tags,
        summary: 'Sign a device out',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await revokeOwnSession(app, requireAccount(request.actor), request.params.id)
      return reply.status(204).send(null)
    },
  )

  server.get(
    '/me/orders',
    {
      schema: {
        operationId: 'listMyOrders',
        tags,
        summary: 'List the account’s orders, newest first',
        description: 'Placed while signed in, or with the same e-mail address or phone number once that is confirmed.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: { 200: pageOf(OwnOrderSchema), ...refusals },
      },
    },
    async (request) => {
      const { data, nextCursor } = await listOrdersOfAccount(app, requireAccount(request.actor), request.query)
      return {
        data: data.map(({ event, ...order }) => ({
          code: order.code,
          event: { ...event, startsAt: isoTime(event.startsAt), endsAt: isoTime(event.endsAt) },
          status: orderStatusJson(order.status),
          quantity: order.quantity,
          total: order.total,
          expiresAt: isoTime(order.expiresAt),
          createdAt: isoTime(order.createdAt),
          paidAt: isoTime(order.paidAt),
        })),
        nextCursor,
      }
    },
  )
}
