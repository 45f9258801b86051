// Accounts, sessions and teams as the API shows them.
import { Type, type Static } from 'typebox'
import { LOCALES } from '#src/locales/locale.ts'
import type { AccountView } from '#src/modules/identity/account.ts'
import { photoAddress } from '#src/modules/identity/photo.ts'
import type { SessionView } from '#src/modules/identity/find-sessions.ts'
import { COUNTRIES, type Member, type Organizer } from '#src/modules/identity/organizer.ts'
import { MAX_PROFILE_DESCRIPTION, MAX_PROFILE_NAME } from '#src/modules/identity/profile.ts'
import type { App } from '#src/platform/app.ts'
import type { SignedIn } from '#src/modules/identity/session.ts'
import { isoTime, nullable, orNull, TimeSchema } from './schemas.ts'

export const LocaleSchema = Type.Enum([...LOCALES])
export const TeamRoleSchema = Type.Enum(['owner', 'manager', 'cashier', 'agent'])

export const UserSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    email: Type.String(),
    emailVerified: Type.Boolean(),
    pendingEmail: nullable(Type.String({ description: 'Takes the place of `email` once the link sent there is followed.' })),
    name: Type.String(),
    phone: nullable(Type.String({ description: 'E.164' })),
    photo: nullable(Type.String({ description: 'Path of the photo, a square WebP.' })),
    role: Type.Enum(['participant', 'organizer', 'admin', 'superadmin']),
    locale: LocaleSchema,
    organizers: Type.Array(
      Type.Object(
        { id: Type.String({ description: 'The organizer’s slug.' }), name: Type.String(), role: TeamRoleSchema },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

export const SignedInSchema = Type.Object(
  {
    accessToken: Type.String({ description: 'Bearer token.' }),
    refreshToken: Type.String({ description: 'Good for one refresh.' }),
    expiresIn: Type.Integer({ description: 'Seconds that the access token is good for.' }),
    user: UserSchema,
  },
  { additionalProperties: false },
)

export const SessionSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: Type.Enum(['web', 'api']),
    userAgent: nullable(Type.String()),
    createdAt: TimeSchema,
    lastUsedAt: TimeSchema,
    expiresAt: TimeSchema,
    current: Type.Boolean({ description: 'True for the session that asks.' }),
  },
  { additionalProperties: false },
)

export const OrganizerSchema = Type.Object(
  {
    id: Type.String({ description: 'The organizer’s slug.' }),
    name: Type.String(),
    country: Type.String(),
    currency: Type.String(),
    role: Type.Optional(TeamRoleSchema),
  },
  { additionalProperties: false },
)

/** What everybody may know of an organizer. */
export const ProfileSchema = Type.Object(
  {
    id: Type.String({ description: 'The organizer’s slug.' }),
    url: Type.String({ description: 'The page for people; there is one as soon as something was shown in public.' }),
    name: Type.String(),
    description: Type.String({ description: 'Plain text.' }),
    country: Type.String(),
    website: nullable(Type.String()),
    facebook: nullable(Type.String()),
    instagram: nullable(Type.String()),
    whatsapp: nullable(Type.String({ description: 'E.164' })),
    logo: nullable(Type.String({ description: 'A square WebP.' })),
    accent: nullable(Type.String({ description: 'The colour as it was chosen, `#rrggbb`; pages show shades of it that can be read.' })),
  },
  { additionalProperties: false },
)

const address = (description: string) => orNull(Type.String({ maxLength: 300, description }))

export const ProfileChangesSchema = Type.Partial(
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: MAX_PROFILE_NAME }),
    description: Type.String({ maxLength: MAX_PROFILE_DESCRIPTION }),
    country: Type.Enum([...COUNTRIES], { description: 'Decides the currency of the next events.' }),
    website: address('Begins with https://.'),
    facebook: address('On facebook.com.'),
    instagram: address('On instagram.com.'),
    whatsapp: orNull(Type.String({ maxLength: 30 })),
    accent: orNull(Type.String({ maxLength: 7, pattern: '^#?[0-9A-Fa-f]{3,6}$' })),
  }),
  { additionalProperties: false, minProperties: 1 },
)

export const MemberSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    email: Type.String(),
    name: Type.String(),
    role: TeamRoleSchema,
    confirmed: Type.Boolean({ description: 'False while an invitation waits for its link to be followed: no rights yet.' }),
  },
  { additionalProperties: false },
)

// Written out, so that a field added to a view never leaves by accident.

export function userJson(user: AccountView): Static<typeof UserSchema> {
  const { id, email, emailVerified, pendingEmail, name, phone, photo, role, locale, organizers } = user
  return { id, email, emailVerified, pendingEmail, name, phone, photo: photo && photoAddress(photo), role, locale, organizers }
}

export function signedInJson({ accessToken, refreshToken, expiresIn, user }: SignedIn): Static<typeof SignedInSchema> {
  return { accessToken, refreshToken, expiresIn, user: userJson(user) }
}

export function sessionJson({ id, kind, userAgent, createdAt, lastUsedAt, expiresAt, current }: SessionView): Static<typeof SessionSchema> {
  return { id, kind, userAgent, createdAt: isoTime(createdAt), lastUsedAt: isoTime(lastUsedAt), expiresAt: isoTime(expiresAt), current }
}

export function organizerJson({
  slug,
  name,
  country,
  currency,
  role,
}: Organizer & { role?: Static<typeof TeamRoleSchema> }): Static<typeof OrganizerSchema> {
  return { id: slug, name, country, currency, ...(role ? { role } : {}) }
}

export function profileJson(app: Pick<App, 'publicUrl'>, organizer: Organizer): Static<typeof ProfileSchema> {
  const { slug, name, description, country, website, facebook, instagram, whatsapp, logoId, accent } = organizer
  const base = app.publicUrl()
  const logo = logoId && base + photoAddress(logoId)
  return { id: slug, url: `${base}/organizers/${slug}`, name, description, country, website, facebook, instagram, whatsapp, logo, accent }
}

export function memberJson({ id, email, name, role, confirmed }: Member): Static<typeof MemberSchema> {
  return { id, email, name, role, confirmed }
}
