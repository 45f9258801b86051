// The programme: adding to it and taking from it.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import { isEditable } from './event.ts'
import { sessionAdded, sessionRemoved } from './facts.ts'
import { lockTeamEvent } from './find-events.ts'
import { requireSessionOf, type NewSession, type Session } from './session.ts'
import { countSessions, deleteSession, insertSession, selectSessions } from './store/sessions.ts'
import { asTeam } from './team-scope.ts'

const MAX_SESSIONS = 500

/** Adds a programme item. @throws `invalid_input` outside of the event's time; `event_not_editable`; `too_many_sessions` */
export async function addSession(app: App, actor: Actor, slug: string, input: NewSession): Promise<Session> {
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    requireSessionOf(event, input)
    if ((await countSessions(tx, event.id)) >= MAX_SESSIONS) throw eventError('too_many_sessions', { max: MAX_SESSIONS })
    const { title, description = '', speaker = '', place = '', startsAt, endsAt } = input
    const session = await insertSession(tx, { eventId: event.id, title: title.trim(), description, speaker, place, startsAt, endsAt })
    await record(tx, actor, sessionAdded(event, session.id))
    return session
  })
}

/** Takes an item from the programme. @throws `not_found`; `event_not_editable` */
export async function removeSession(app: App, actor: Actor, slug: string, sessionId: number): Promise<void> {
  await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    if (!(await deleteSession(tx, event.id, sessionId))) throw kernelError('not_found')
    await record(tx, actor, sessionRemoved(event, sessionId))
  })
}

/** The event's programme by time. Whoever may see the event may see it. */
export function listSessions(db: Db, eventId: number): Promise<Session[]> {
  return selectSessions(db, eventId)
}
