// Why a process could not start or a command could not be done, in a sentence for whoever typed it.
import { ConfigError } from './config.ts'
import { DomainError } from './kernel/domain-error.ts'
import { errorMessage } from './locales/locale.ts'
import { EmbeddedPostgresError } from './platform/embedded-postgres.ts'

/** One clear sentence where we know the cause; the stack where we don't, since then it is a mistake of ours. */
export function explainFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return error.message
  if (error instanceof DomainError) return `${errorMessage('en', error.code)} (${error.code})`
  if (!(error instanceof Error)) return String(error)
  return explainSystem(error as NodeJS.ErrnoException) ?? explainDatabase(error) ?? error.stack ?? error.message
}

function explainSystem(error: NodeJS.ErrnoException & { port?: number; address?: string }): string | undefined {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${error.port} is taken by another program: stop that one, or choose another port with PORT (0 takes any free one).`
    case 'EACCES':
      return error.syscall === 'listen'
        ? `This user may not listen on port ${error.port}: choose one above 1023 with PORT.`
        : `Permission denied: ${error.path ?? error.message}.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${error.address}: set HOST to one of its own, or to 0.0.0.0 for all.`
    case 'ENOSPC':
      return 'The disk is full: free some space, then start again. Nothing that was answered is lost.'
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ETIMEDOUT':
      return `The database at DATABASE_URL does not answer (${error.code}): check its address, and that it runs.`
    default:
      return undefined
  }
}

function explainDatabase(error: Error & { code?: string }): string | undefined {
  switch (error.code) {
    case '28P01':
    case '28000':
      return `The database refuses the user of DATABASE_URL: ${error.message}.`
    case '3D000':
      return `The database that DATABASE_URL names does not exist: ${error.message}.`
    case '42501':
      return `The user of DATABASE_URL may not do what Guichet needs: ${error.message}.`
    default:
      return /newer than this version|Migration .* (failed|was changed)/.test(error.message) ? error.message : undefined
  }
}
