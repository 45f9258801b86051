// Why the embedded PostgreSQL can't serve, said in one sentence to whoever started us.

/** `message` is a whole sentence for the operator; a stack would add nothing. */
export class EmbeddedPostgresError extends Error {}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'it is missing',
}

/** The system's reason in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return (code && REASONS[code]) ?? (error instanceof Error ? error.message : String(error))
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

export function cantWrite(path: string, error: unknown): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error
  return new EmbeddedPostgresError(`The data folder ${path} can't be written (${reasonOf(error)}).`)
}

/** The first line of what PostgreSQL said that tells what is wrong. */
export function faultIn(log: string): string {
  const line = log.split('\n').find((text) => /\b(FATAL|PANIC|ERROR|error): |error while loading/.test(text)) ?? log.trim().split('\n').at(-1)
  return `${(line || 'it gave no reason').replace(/^.*?\b(FATAL|PANIC|ERROR|error): */, '').replace(/\.$/, '')}.`
}
