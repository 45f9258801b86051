// /auth: register, sign in, stay signed in, sign out; mailed links.
import { Type } from 'typebox'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { logIn } from '#src/modules/identity/log-in.ts'
import { logOut } from '#src/modules/identity/log-out.ts'
import { openApiSession } from '#src/modules/identity/open-session.ts'
import { refreshSession } from '#src/modules/identity/refresh-session.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { requestEmailVerification } from '#src/modules/identity/request-email-verification.ts'
import { requestPasswordReset } from '#src/modules/identity/request-password-reset.ts'
import { resetPassword } from '#src/modules/identity/reset-password.ts'
import { verifyEmail } from '#src/modules/identity/verify-email.ts'
import type { App } from '#src/platform/app.ts'
import { LocaleSchema, signedInJson, SignedInSchema } from './account-json.ts'
import type { ApiServer } from './native-api.ts'
import { refusals } from './schemas.ts'

const tags = ['Auth']
// People come here because their access token is dead: it must not stand in the way.
const config = { toleratesDeadToken: true }
const Email = Type.String({ minLength: 3, maxLength: 320 })
// Longer than any password we accept, so that the verb says what is wrong; short enough to be hashed without thought.
const Password = Type.String({ maxLength: 1024 })
const Token = Type.String({ minLength: 1, maxLength: 200 })
const Nothing = Type.Null()

export async function authApi(server: ApiServer, app: App): Promise<void> {
  server.post(
    '/auth/register',
    {
      config,
      schema: {
        operationId: 'register',
        tags,
        summary: 'Make an account and sign in',
        description: 'A link to confirm the address is mailed. With role `organizer`, an organizer is made that the account owns.',
        body: Type.Object(
          {
            email: Email,
            password: Password,
            name: Type.String({ minLength: 1, maxLength: 120 }),
            role: Type.Optional(Type.Enum(['participant', 'organizer'], { default: 'participant' })),
            organizerName: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
            country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'Of the organizer; ISO 3166.' })),
            locale: Type.Optional(LocaleSchema),
            phone: Type.Optional(Type.Union([Type.String({ maxLength: 30 }), Type.Null()])),
          },
          { additionalProperties: false },
        ),
        response: { 201: SignedInSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const accountId = await registerAccount(app, request.actor, request.body)
      const signedIn = await openApiSession(app, request.actor, accountId, request.headers['user-agent'])
      return reply.status(201).send(signedInJson(signedIn))
    },
  )

  server.post(
    '/auth/login',
    {
      config,
      schema: {
        operationId: 'logIn',
        tags,
        summary: 'Sign in with e-mail and password',
        body: Type.Object({ email: Email, password: Password }, { additionalProperties: false }),
        response: { 200: SignedInSchema, ...refusals },
      },
    },
    async (request) => {
      const userAgent = request.headers['user-agent']
      return signedInJson(await logIn(app, request.actor, { ...request.body, ...(userAgent ? { userAgent } : {}) }))
    },
  )

  server.post(
    '/auth/refresh',
    {
      config,
      schema: {
        operationId: 'refresh',
        tags,
        summary: 'Exchange a refresh token for new tokens',
        description:
          'Each refresh token serves once. Using one again ends the session, except within 20 seconds while its successor is unused: a lost answer can be asked for again.',
        body: Type.Object({ refreshToken: Token }, { additionalProperties: false }),
        response: { 200: SignedInSchema, ...refusals },
      },
    },
    async (request) => signedInJson(await refreshSession(app, request.actor, request.body)),
  )

  server.post(
    '/auth/logout',
    {
      config,
      schema: {
        operationId: 'logOut',
        tags,
        summary: 'End the session',
        description: 'Of the bearer, and of the refresh token where one is given. Succeeds where it has ended already.',
        body: Type.Optional(Type.Union([Type.Object({ refreshToken: Type.Optional(Token) }, { additionalProperties: false }), Type.Null()])),
        response: { 204: Nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await logOut(app, request.actor, request.body ?? {})
      return reply.status(204).send(null)
    },
  )

  server.post(
    '/auth/password-reset',
    {
      config,
      schema: {
        operationId: 'requestPasswordReset',
        tags,
        summary: 'Ask for a link that sets a new password',
        description: 'Answers alike whether the address is known or not.',
        body: Type.Object({ email: Email }, { additionalProperties: false }),
        response: { 202: Nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await requestPasswordReset(app, request.actor, request.body)
      return reply.status(202).send(null)
    },
  )

  server.post(
    '/auth/password-reset/confirm',
    {
      config,
      schema: {
        operationId: 'resetPassword',
        tags,
        summary: 'Set a password with a mailed link',
        description: 'Also accepts an invitation to a team (then give `name`). Ends every session of the account. The link serves once.',
        body: Type.Object(
          { token: Token, password: Password, name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })) },
          { additionalProperties: false },
        ),
        response: { 204: Nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await resetPassword(app, request.actor, request.body)
      return reply.status(204).send(null)
    },
  )

  server.post(
    '/auth/email-verification',
    {
      schema: {
        operationId: 'requestEmailVerification',
        tags,
        summary: 'Mail the link that confirms the address again',
        response: { 202: Nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await requestEmailVerification(app, requireAccount(request.actor))
      return reply.status(202).send(null)
    },
  )

  server.post(
    '/auth/email-verification/confirm',
    {
      config,
      schema: {
        operationId: 'verifyEmail',
        tags,
        summary: 'Confirm the address with a mailed link',
        body: Type.Object({ token: Token }, { additionalProperties: false }),
        response: { 204: Nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await verifyEmail(app, request.actor, request.body)
      return reply.status(204).send(null)
    },
  )
}
