// Files that we keep beside the database: covers in several sizes, photos, logos. On disk here; any store with these few calls will do.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

export type FileStore = Readonly<{
  put(name: string, bytes: Uint8Array): Promise<void>
  /** Null where there is no such file. */
  get(name: string): Promise<Buffer | null>
  remove(name: string): Promise<void>
  /** The names of all files, in no order. */
  list(): AsyncIterable<string>
}>

// Names are made by us: a UUID and a suffix. Anything else is refused, so that no name can leave the folder.
const NAME = /^[a-z0-9-]+(\/[a-z0-9.-]+)?$/

/** A folder as file store. Writes go to a temporary name first: a crash leaves no half file. */
export function createDiskFiles(folder: string): FileStore {
  const pathOf = (name: string) => {
    if (!NAME.test(name) || name.includes('..')) throw new RangeError(`bad file name ${name}`)
    return join(folder, name)
  }
  return {
    async put(name, bytes) {
      const path = pathOf(name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(`${path}.part`, bytes)
      await rename(`${path}.part`, path)
    },
    get: (name) =>
      readFile(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      }),
    remove: (name) => rm(pathOf(name), { force: true, recursive: true }),
    async *list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      for (const entry of entries) {
        const name = relative(folder, join(entry.parentPath, entry.name))
        if (entry.isFile() && !name.endsWith('.part')) yield name
      }
    },
  }
}
