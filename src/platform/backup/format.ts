// A backup is one gzip file of text: a header, then sections, then the manifest. Lines of JSON say what follows; rows are PostgreSQL's own
// COPY text, ended by `\.` alone on a line, which no row can be. `zcat` shows it; no tool of ours is needed to read it.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'

export const FORMAT = 1

export type BackupHeader = {
  guichetBackup: typeof FORMAT
  at: string
  /** Names and checksums of the migrations that the data fits. */
  migrations: { name: string; checksum: string }[]
  /** Which GUICHET_SECRET sealed the keys inside: a fingerprint, not the secret. */
  secret: string
}

/** `rows`: COPY text follows. `file`: one line of base64 follows. */
export type BackupSection = { rows: string; columns: readonly string[] } | { file: string }

export type BackupManifest = {
  end: true
  /** Per section: how many rows (or bytes of the file), and the SHA-256 of what stands in the backup. */
  sections: Record<string, { count: number; sha256: string }>
  /** Where each sequence stood, after everything had been read: at least as far as any row. */
  sequences: Record<string, number>
}

/** The backup can't be made, read or restored. The message is a sentence for the operator. */
export class BackupError extends Error {}

export const JOBS = 'jobs'
export const sectionName = (section: BackupSection) => ('rows' in section ? section.rows : `file ${section.file}`)

const NEWLINE = 0x0a
const END_OF_ROWS = Buffer.from('\\.\n')
const LAST_LINE = Buffer.from('\n\\.\n')

export type BackupReader = {
  /** The next line, parsed as JSON. */
  header<T>(): Promise<T>
  line(): Promise<Buffer>
  /** Hands over the rows up to the end of the section, in pieces that end with a line. Returns their SHA-256. */
  rows(take: (piece: Buffer) => Promise<void>): Promise<string>
}

/** Reads a backup that has been unzipped. Everything throws BackupError where the file ends too early. */
export function readBackup(source: Readable): BackupReader {
  // A fault may come before anybody asks for a line; whoever asks then is told.
  source.on('error', () => {})
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let pending: Buffer = Buffer.alloc(0)
  const more = async () => {
    const { value, done } = await chunks.next().catch((error: unknown) => {
      throw new BackupError(`The backup can't be read to its end: ${(error as Error).message}. It is damaged or was cut short.`)
    })
    if (done) throw new BackupError('The backup was cut short: it has no end.')
    pending = pending.length === 0 ? value : Buffer.concat([pending, value])
  }
  const take = (length: number) => {
    const piece = pending.subarray(0, length)
    pending = pending.subarray(length)
    return piece
  }
  const line = async () => {
    while (true) {
      const end = pending.indexOf(NEWLINE)
      if (end >= 0) return take(end + 1).subarray(0, -1)
      await more()
    }
  }
  return {
    line,
    async header<T>() {
      const text = (await line()).toString()
      try {
        return JSON.parse(text) as T
      } catch {
        throw new BackupError('This is no backup of Guichet, or it is damaged.')
      }
    },
    async rows(handle) {
      const hash = createHash('sha256')
      const hand = async (piece: Buffer) => {
        if (piece.length === 0) return
        hash.update(piece)
        await handle(piece)
      }
      while (true) {
        if (pending.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS)) {
          take(END_OF_ROWS.length)
          return hash.digest('hex')
        }
        const last = pending.indexOf(LAST_LINE)
        // Whole lines only: what remains may be the beginning of the end.
        await hand(take(last >= 0 ? last + 1 : pending.lastIndexOf(NEWLINE) + 1))
        if (last < 0) await more()
      }
    },
  }
}
