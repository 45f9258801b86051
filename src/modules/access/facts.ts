// What access control announces. A passage is no fact of its own: the log of scans is append-only itself.
import type { Fact } from '#src/platform/facts.ts'
import type { Gate } from './gate.ts'

type Subject = Pick<Gate, 'id' | 'eventId' | 'organizerId'>

const about = (gate: Subject, kind: string, data?: Record<string, unknown>): Fact => ({
  kind,
  organizerId: gate.organizerId,
  eventId: gate.eventId,
  subject: `gate:${gate.id}`,
  ...(data ? { data } : {}),
})

export const gateCreated = (gate: Subject): Fact => about(gate, 'gate.created')
/** `fields`: the names of the rules that changed. */
export const gateUpdated = (gate: Subject, fields: readonly string[]): Fact => about(gate, 'gate.updated', { fields })
export const gateArchived = (gate: Subject): Fact => about(gate, 'gate.archived')
export const agentAssigned = (gate: Subject, accountId: number): Fact => about(gate, 'gate.agent_assigned', { accountId })
export const agentReleased = (gate: Subject, accountId: number): Fact => about(gate, 'gate.agent_released', { accountId })

/** Somebody must be told: only grave alerts become facts. */
export const alertRaised = (alert: { id: number; eventId: number; organizerId: number; gateId: number; kind: string; severity: string }): Fact => ({
  kind: 'access.alert',
  organizerId: alert.organizerId,
  eventId: alert.eventId,
  subject: `alert:${alert.id}`,
  data: { kind: alert.kind, severity: alert.severity, gateId: alert.gateId },
})
