// What an event's page shows beside the event and its offers: who organizes it, and its programme.
import type { Db } from '#src/platform/db.ts'

export type ProgrammeItem = { id: number; title: string; description: string; speaker: string; place: string; startsAt: Date; endsAt: Date }
export type EventBackground = { organizer: { name: string; slug: string }; programme: ProgrammeItem[] }

export async function readEventBackground(db: Db, event: { id: number; organizerId: number }): Promise<EventBackground> {
  const [organizer, programme] = await Promise.all([
    db.selectFrom('organizer').select(['name', 'slug']).where('id', '=', event.organizerId).executeTakeFirstOrThrow(),
    db.selectFrom('eventSession').select(['id', 'title', 'description', 'speaker', 'place', 'startsAt', 'endsAt'])
      .where('eventId', '=', event.id).orderBy('startsAt').orderBy('id').execute(),
  ])
  return { organizer, programme }
}
