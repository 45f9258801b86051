// guichet user: makes the first administrator, and whoever else can't make an account alone.
import { systemActor, type Role } from '#src/kernel/actor.ts'
import { newToken } from '#src/kernel/id.ts'
import { isLocale } from '#src/locales/locale.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { withApp, type Command } from './command.ts'

const ROLES: readonly Role[] = ['participant', 'organizer', 'admin', 'superadmin']

export const userCommands: readonly Command[] = [
  {
    name: 'user create',
    usage: '<email> [--name=…] [--role=admin] [--organizer=…] [--country=BJ]',
    takes: [1, 1],
    does: 'makes an account and prints its first password',
    options: {
      name: { type: 'string' },
      role: { type: 'string' },
      organizer: { type: 'string' },
      country: { type: 'string' },
      locale: { type: 'string' },
    },
    run: (context, [email], values) =>
      withApp(context, async (app) => {
        const role = String(values.role ?? 'participant')
        if (!(ROLES as readonly string[]).includes(role)) {
          context.complain(`--role is one of ${ROLES.join(', ')}, not "${role}".`)
          return 2
        }
        // Never as an argument: other users of the machine can read those.
        const password = newToken(12)
        const organizer = values.organizer === undefined ? {} : { organizerName: String(values.organizer) }
        await registerAccount(app, systemActor('command-line'), {
          email: email!,
          password,
          role: role as Role,
          name: String(values.name ?? email!.split('@')[0]),
          emailVerified: true,
          locale: isLocale(values.locale) ? values.locale : 'fr',
          ...organizer,
          ...(values.country === undefined ? {} : { country: String(values.country) }),
        })
        context.say(`Made ${email} (${role}). First password: ${password}`)
        context.say('Choose another one after signing in.')
        return 0
      }),
  },
]
