// The one way an organizer comes to be: with an owner, in the caller's transaction.
import { randomBytes } from 'node:crypto'
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import { slugOf } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireName } from './account.ts'
import { organizerCreated } from './facts.ts'
import { currencyOf, type Organizer } from './organizer.ts'
import { insertMembership, insertOrganizer } from './store/organizers.ts'

export async function foundOrganizer(
  tx: Tx,
  app: App,
  actor: Actor,
  ownerId: number,
  input: { name: string; country?: string | undefined },
): Promise<Organizer> {
  const name = requireName(input.name, 'organizerName')
  const country = input.country ?? 'BJ'
  if (!/^[A-Z]{2}$/.test(country)) throw invalidInput({ pointer: '/body/country', code: 'pattern' })
  const base = slugOf(name)
  let organizer: Organizer | undefined
  // Names repeat: the second "Soirées du port" gets a few random letters behind its slug.
  for (let slug = base; !organizer; slug = `${base}-${randomBytes(3).toString('hex')}`) {
    organizer = await insertOrganizer(tx, { slug, name, country, currency: currencyOf(country) })
  }
  await insertMembership(tx, { organizerId: organizer.id, accountId: ownerId, role: 'owner', confirmedAt: app.clock.now() })
  await record(tx, actor, organizerCreated(organizer.id))
  return organizer
}
