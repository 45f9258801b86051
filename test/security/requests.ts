// A good request for each operation, on the things of a scene.
import { uuidv7 } from '#src/kernel/id.ts'
import type { Scene } from './scene.ts'

/** The address parameters of an operation on one of the scene's things. */
export function paramsOf(scene: Scene, operation: string, on: string): Record<string, string | number> {
  const order = { waiting: scene.waiting, unpaid: scene.unpaid }[on] ?? scene.paid
  switch (on) {
    case 'published':
    case 'draft':
    case 'private': {
      const event = { published: scene.published, draft: scene.draft, private: scene.secret }[on]
      return { slug: event.slug, quotaId: scene.quotaId, id: operation.includes('Session') ? scene.programme.id : scene.guest.id }
    }
    case 'paid':
    case 'waiting':
    case 'unpaid':
      return { code: order.code, id: order.payment?.id ?? '', ticketId: scene.ticketId }
    case 'hidden':
      return { id: scene.hidden.id }
    case 'gate':
      return { id: scene.gate.id, agentId: scene.people.agent.publicId }
    case 'team':
      return { slug: scene.organizer.slug, id: scene.spare.publicId }
    case 'refund':
      return { id: scene.refundId }
    case 'errand':
      return { slug: scene.published.slug, id: scene.errandId, file: 'billets.csv' }
    case 'scan':
      return { scanId: scene.scanId }
    default:
      return {}
  }
}

let bodies = 0
const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

/** A good body for each operation that takes one. */
export const BODIES: Record<string, (scene: Scene, on: string) => object> = {
  register: () => ({ email: `neuve-${++bodies}@example.test`, password: 'une-longue-phrase-42', name: 'Neuve' }),
  logIn: () => ({ email: 'personne@example.test', password: 'une-longue-phrase-42' }),
  refresh: () => ({ refreshToken: 'jamais-vu' }),
  logOut: () => ({ refreshToken: 'jamais-vu' }),
  requestPasswordReset: () => ({ email: `personne-${++bodies}@example.test` }),
  resetPassword: () => ({ token: 'jamais-vu', password: 'une-longue-phrase-42' }),
  verifyEmail: () => ({ token: 'jamais-vu' }),
  updateMe: () => ({ name: 'Autre Nom' }),
  createOrganizer: () => ({ name: `Nouvelle Scène ${++bodies}` }),
  updateOrganizer: () => ({ description: 'Concerts au bord de l’eau.', accent: '#1f6feb' }),
  addMember: () => ({ email: `recrue-${++bodies}@example.test`, role: 'agent' }),
  changeMemberRole: () => ({ role: 'cashier' }),
  createEvent: () => ({ title: 'Concert', category: 'concert', startsAt: soon(48), endsAt: soon(52), timezone: 'Africa/Porto-Novo' }),
  updateEvent: () => ({ venue: 'Ailleurs' }),
  setRefundPolicy: () => ({ days: 0, atOnce: true, note: 'Avec plaisir' }),
  setFees: () => ({ passedOn: true }),
  setLanguages: () => ({ language: 'fr', translations: { en: { title: 'Evening', description: '' } } }),
  cancelEvent: () => ({ reason: 'Pluie' }),
  reviewEvent: () => ({ decision: 'approve' }),
  copyEvent: () => ({ startsAt: '2031-04-04T19:00:00.000Z', title: `Reprise ${++bodies}` }),
  inviteGuest: () => ({ email: `amie-${++bodies}@example.test` }),
  addSession: (scene) => ({ title: 'Suite', startsAt: scene.published.startsAt.toISOString(), endsAt: scene.published.endsAt.toISOString() }),
  createTicketType: () => ({ name: `Tarif ${++bodies}`, price: { amount: 1000, currency: 'XOF' }, quantity: 10 }),
  updateTicketType: () => ({ price: { amount: 2000, currency: 'XOF' } }),
  createQuota: () => ({ name: 'Carré', size: 10 }),
  resizeQuota: () => ({ size: 60 }),
  placeOrder: (scene, on) => ({
    event: { draft: scene.draft.slug, private: scene.secret.slug }[on] ?? scene.published.slug,
    ...(on === 'desk' ? { channel: 'cashier' } : {}),
    lines: [{ ticketTypeId: on === 'private' ? scene.secretType.id : scene.type.id, quantity: 1 }],
    buyer: { name: 'Afi', email: `afi-${++bodies}@example.test` },
    ...(on === 'desk' ? { holders: [{ name: 'Afi' }], payment: { provider: 'cash' } } : {}),
  }),
  cancelOrder: () => ({ reason: 'Erreur', force: true }),
  refundOrder: (scene) => ({ ticketIds: [scene.ticketId], reason: 'Erreur' }),
  requestRefund: () => ({ reason: 'Empêchée' }),
  approveRefundRequest: () => ({ reason: 'Accordé' }),
  declineRefundRequest: () => ({ answer: 'Trop tard' }),
  issueTickets: (scene) => ({ ticketTypeId: scene.type.id, terms: 'complimentary', people: [{ name: 'Presse', email: 'presse@example.test' }] }),
  resendOrder: () => ({ kind: 'tickets' }),
  payOrder: () => ({ provider: 'cash' }),
  renameHolder: () => ({ holderName: 'Autre Nom' }),
  closeRefund: () => ({ operatorReference: 'OM-1' }),
  createGate: () => ({ name: `Porte ${++bodies}` }),
  updateGate: () => ({ directions: 'both' }),
  assignAgent: () => ({ email: `relais-${++bodies}@example.test` }),
  requestScan: (scene, on) => ({ qr: scene.qr, gateId: on === 'elsewhere' ? scene.elsewhere.id : scene.gate.id }),
  confirmScan: (scene) => ({ scanSessionToken: scene.session, direction: 'in', scanId: uuidv7() }),
}
