// What access control refuses as a protocol; a refused ticket is an answer, not an error. The codes are public names: clients rely on them.
import { errorsOf, type ErrorCatalogue } from '#src/kernel/domain-error.ts'

export const accessErrors = {
  agent_not_assigned: 'forbidden',
  gate_required: 'invalid',
  session_unknown: 'not_found',
  session_agent_mismatch: 'forbidden',
  session_gate_mismatch: 'forbidden',
  session_already_used: 'conflict',
  session_expired: 'conflict',
  scan_id_reused: 'conflict',
  gate_name_taken: 'conflict',
  too_many_gates: 'limit',
} as const satisfies ErrorCatalogue
export type AccessErrorCode = keyof typeof accessErrors
export const accessError = errorsOf(accessErrors)
