// guichet db: migrate, backup, restore.
import { migrate } from '#src/platform/migrate.ts'
import { withApp, type Command } from './command.ts'

export const dbCommands: readonly Command[] = [{
  name: 'db migrate', does: 'brings the database to this version’s schema',
  run: (context) => withApp(context, async (app) => {
    const { applied, total } = await migrate(app.ownerPool)
    for (const name of applied) context.say(`applied ${name}`)
    context.say(applied.length > 0 ? `The database now has all ${total} migrations.` : `Nothing to do: the database has all ${total} migrations.`)
    return 0
  }, { migrate: false }),
}]
