// guichet db: migrate, backup, restore.
import { resolve } from 'node:path'
import { BackupError, type BackupManifest } from '#src/platform/backup/format.ts'
import { restoreBackup } from '#src/platform/backup/restore.ts'
import { writeBackup } from '#src/platform/backup/write.ts'
import { sqlState } from '#src/platform/db.ts'
import { migrate } from '#src/platform/migrate.ts'
import { withApp, type CliContext, type Command } from './command.ts'

export const dbCommands: readonly Command[] = [
  {
    name: 'db migrate',
    does: 'brings the database to this version’s schema',
    run: (context) =>
      withApp(
        context,
        async (app) => {
          const { applied, total } = await migrate(app.ownerPool)
          for (const name of applied) context.say(`applied ${name}`)
          context.say(
            applied.length > 0 ? `The database now has all ${total} migrations.` : `Nothing to do: the database has all ${total} migrations.`,
          )
          return 0
        },
        { migrate: false },
      ),
  },
  {
    name: 'db backup',
    usage: '<file>',
    takes: [1, 1],
    does: 'saves everything into one new file, while people go on buying',
    run: (context, [file]) =>
      withApp(context, (app) =>
        explained(context, async () => {
          const manifest = await writeBackup(app, resolve(file!))
          context.say(`Saved ${describe(manifest)} in ${file}.`)
          context.say('Keep GUICHET_SECRET too, elsewhere: without it no restored ticket can be signed. The file holds personal data.')
        }),
      ),
  },
  {
    name: 'db restore',
    usage: '<file> [--force]',
    takes: [1, 1],
    does: 'restores a backup into an empty database; --force replaces what is there',
    options: { force: { type: 'boolean' } },
    run: (context, [file], { force }) =>
      withApp(context, (app) =>
        explained(context, async () => {
          const { header, manifest, otherSecret, replaced } = await restoreBackup(app, resolve(file!), { force: force === true })
          if (replaced > 0) context.say(`Replaced ${replaced} rows that were there.`)
          context.say(`Restored ${describe(manifest)}, as of ${header.at}. Every count and checksum agrees.`)
          if (otherSecret) context.complain('It was made under another GUICHET_SECRET: set that one, or its event keys will not open.')
          context.say('Now: npm run guichet -- doctor')
        }),
      ),
  },
]

/** What went wrong with a file is told in a sentence. */
async function explained(context: CliContext, work: () => Promise<void>): Promise<number> {
  try {
    await work()
    return 0
  } catch (error) {
    if (!(error instanceof BackupError) && sqlState(error) === undefined) throw error
    context.complain(error instanceof BackupError ? error.message : `The database refused: ${(error as Error).message}. Nothing was changed.`)
    return 1
  }
}

function describe({ sections }: BackupManifest): string {
  const names = Object.keys(sections)
  const files = names.filter((name) => name.startsWith('file '))
  const rows = names.filter((name) => !name.startsWith('file ')).reduce((sum, name) => sum + sections[name]!.count, 0)
  return `${rows} rows of ${names.length - files.length} tables and ${files.length} files`
}
