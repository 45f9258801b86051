// presentOrganizer: an organizer changes how it presents itself; its events are found by its new name.
import { changeProfileIn } from '#src/modules/identity/change-profile.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import type { Profile } from '#src/modules/identity/profile.ts'
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { refreshSearchOfOrganizer } from './store/search.ts'
import { asTeam } from './team-scope.ts'

/** Sets what is given of the profile; the rest stays. @throws `not_found`, `forbidden`, `unauthenticated`, `invalid_input` with the fields to correct */
export function presentOrganizer(app: App, actor: Actor, slug: string, changes: Partial<Profile>): Promise<Organizer> {
  return asTeam(app, actor, async (tx) => {
    const { organizer, renamed } = await changeProfileIn(tx, actor, slug, changes)
    if (renamed) await refreshSearchOfOrganizer(tx, organizer.id)
    return organizer
  })
}
