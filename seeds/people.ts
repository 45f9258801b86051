// Who lives in the demo world. Passwords are public, so none of them exists in production (src/config.ts refuses).
import { systemActor, type AccountActor, type Membership, type Role, type TeamRole } from '#src/kernel/actor.ts'
import type { Profile } from '#src/modules/identity/profile.ts'
import { addMember } from '#src/modules/identity/add-member.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import type { App } from '#src/platform/app.ts'

export const DEMO_PASSWORD = 'guichet-demo'

export type OrganizerKey = 'cotonou' | 'lome' | 'abidjan'

export const ORGANIZERS: Record<OrganizerKey, { name: string; country: string; owner: string; profile?: Partial<Profile> }> = {
  cotonou: {
    name: 'Atlantique Événements',
    country: 'BJ',
    owner: 'organizer@demo.test',
    profile: {
      description:
        'Foires, concerts et nuits de plage entre Cotonou et Ouidah.\n\nUne question sur vos billets ? Écrivez-nous, on répond dans l’heure.',
      whatsapp: '+2290197100001',
      instagram: 'https://www.instagram.com/atlantique.demo',
    },
  },
  lome: {
    name: 'Lomé en Scène',
    country: 'TG',
    owner: 'lome@demo.test',
    profile: { description: 'La musique et les ateliers de Lomé, depuis 2016.', website: 'https://lome-en-scene.example/', accent: '#0f8a6c' },
  },
  abidjan: { name: 'Lagune Productions', country: 'CI', owner: 'abidjan@demo.test' },
}

export type DemoPerson = { email: string; name: string; role: Role; phone?: string; team?: { organizer: OrganizerKey; role: TeamRole } }

export const PEOPLE: readonly DemoPerson[] = [
  { email: 'admin@demo.test', name: 'Rodrigue Adjovi', role: 'superadmin' },
  { email: 'organizer@demo.test', name: 'Prisca Houngbédji', role: 'organizer', phone: '+2290197100001' },
  { email: 'lome@demo.test', name: 'Komlan Agbeko', role: 'organizer' },
  { email: 'abidjan@demo.test', name: 'Aya Kouassi', role: 'organizer' },
  { email: 'cashier@demo.test', name: 'Bérénice Dossou', role: 'participant', team: { organizer: 'cotonou', role: 'cashier' } },
  { email: 'agent@demo.test', name: 'Landry Zinsou', role: 'participant', team: { organizer: 'cotonou', role: 'agent' } },
  { email: 'agent2@demo.test', name: 'Fatou Sanni', role: 'participant', team: { organizer: 'cotonou', role: 'agent' } },
  { email: 'agent.lome@demo.test', name: 'Essi Amouzou', role: 'participant', team: { organizer: 'lome', role: 'agent' } },
  { email: 'agent.abidjan@demo.test', name: 'Ibrahim Traoré', role: 'participant', team: { organizer: 'abidjan', role: 'agent' } },
  { email: 'participant@demo.test', name: 'Sènami Gbaguidi', role: 'participant', phone: '+2290196200300' },
]

const FIRST_NAMES = [
  'Afi',
  'Koffi',
  'Sènan',
  'Mariam',
  'Yao',
  'Akouvi',
  'Ulrich',
  'Fifamè',
  'Moussa',
  'Adjoa',
  'Cossi',
  'Nadège',
  'Kodjo',
  'Awa',
  'Serge',
  'Inès',
  'Komi',
  'Rachidatou',
  'Jean-Eudes',
  'Amivi',
  'Ghislain',
  'Salimata',
  'Patrice',
  'Ayélé',
  'Fabrice',
  'Ramatou',
  'Désiré',
  'Ornella',
  'Bakary',
  'Chimène',
]
const LAST_NAMES = [
  'Ahouansou',
  'Mensah',
  'Kouadio',
  'Adéyèmi',
  'Lawson',
  'Hounkpatin',
  'Traoré',
  'Amoussou',
  'Agossou',
  'Koné',
  'Tossou',
  'Dogbé',
  'Kpadonou',
  'Ouattara',
  'Djossou',
  'Ekué',
  'Bamba',
  'Azonhiho',
  'Akakpo',
  'N’Guessan',
  'Soglo',
  'Tchalla',
  'Gnonlonfoun',
  'Coulibaly',
  'Vodounou',
  'Amegah',
  'Zannou',
  'Kra',
  'Bello',
  'Quenum',
]
// A valid mobile range of each country; the last digits never are one of the simulator's scripts (0001 to 0012).
const PHONES: Record<OrganizerKey, string> = { cotonou: '+22901967', lome: '+228907', abidjan: '+2250707' }

export type DemoBuyer = { name: string; email: string; phone: string }

/** The nth buyer around an organizer: the same one every time. */
export function buyer(organizer: OrganizerKey, n: number): DemoBuyer {
  const first = FIRST_NAMES[(n * 7) % FIRST_NAMES.length]!
  const last = LAST_NAMES[(n * 11 + Math.floor(n / 30)) % LAST_NAMES.length]!
  const plain = `${first}.${last}`
    .normalize('NFD')
    .replaceAll(/[^a-zA-Z.]/g, '')
    .toLowerCase()
  const digits = organizer === 'abidjan' ? 6 : 5
  return { name: `${first} ${last}`, email: `${plain}${n}@example.test`, phone: PHONES[organizer] + String(20_000 + n * 37).padStart(digits, '3') }
}

/** The demo world's people as actors, by e-mail address. */
export type Actors = { of(email: string): AccountActor }

/** Makes the accounts, organizers and teams that are not there yet. */
export async function settlePeople(app: App): Promise<Actors> {
  const system = systemActor('seed')
  const known = new Set(
    (
      await app.db
        .selectFrom('account')
        .select('email')
        .where(
          'email',
          'in',
          PEOPLE.map((person) => person.email),
        )
        .execute()
    ).map((row) => row.email),
  )
  for (const { email, name, role, phone } of PEOPLE.filter((person) => !known.has(person.email))) {
    const organizer = Object.values(ORGANIZERS).find((candidate) => candidate.owner === email)
    await registerAccount(app, system, {
      email,
      name,
      role,
      phone: phone ?? null,
      password: DEMO_PASSWORD,
      emailVerified: true,
      locale: 'fr',
      ...(organizer ? { organizerName: organizer.name, country: organizer.country } : {}),
    })
  }
  for (const { email, name, team } of PEOPLE) {
    if (!team) continue
    const owner = await actorOf(app, ORGANIZERS[team.organizer].owner)
    await addMember(app, owner, { organizerId: owner.memberships[0]!.organizerId, email, role: team.role, name })
  }
  const actors = new Map(await Promise.all(PEOPLE.map(async ({ email }) => [email, await actorOf(app, email)] as const)))
  return { of: (email) => actors.get(email)! }
}

async function actorOf(app: App, email: string): Promise<AccountActor> {
  const account = await app.db.selectFrom('account').select(['id', 'publicId', 'role']).where('email', '=', email).executeTakeFirstOrThrow()
  const memberships = await app.db.selectFrom('membership').select(['organizerId', 'role']).where('accountId', '=', account.id).execute()
  return {
    kind: 'account',
    locale: 'fr',
    ip: null,
    accountId: account.id,
    publicId: account.publicId,
    sessionId: 0,
    provenAt: app.clock.now(),
    role: account.role as Role,
    email,
    emailVerified: true,
    memberships: memberships as Membership[],
  }
}
