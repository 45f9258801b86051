// Written by `npm run db:types` from the migrated database. Do not edit.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

type Timestamp = ColumnType<Date, Date | string, Date | string>
type GeneratedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
/** Read parsed; written as JSON text. */
type Json = ColumnType<unknown, string, string>
type NullableJson = ColumnType<unknown, string | null | undefined, string | null>
type GeneratedJson = ColumnType<unknown, string | undefined, string>

export interface AccessAlertTable {
  id: GeneratedAlways<number>
  eventId: number
  gateId: number | null
  kind: string
  severity: string
  dedupeKey: string
  count: Generated<number>
  data: GeneratedJson
  firstAt: GeneratedTimestamp
  lastAt: GeneratedTimestamp
}

export interface AccessFeedTable {
  eventId: number
  seq: GeneratedAlways<number>
  xid: Generated<string>
  kind: string
  code: Buffer | null
  body: GeneratedJson
  at: GeneratedTimestamp
}

export interface AccountTable {
  id: GeneratedAlways<number>
  publicId: Generated<string>
  email: string
  emailVerifiedAt: NullableTimestamp
  phone: string | null
  phoneVerifiedAt: NullableTimestamp
  name: string
  passwordHash: string | null
  role: string
  locale: Generated<string>
  suspendedAt: NullableTimestamp
  createdAt: GeneratedTimestamp
  photoId: string | null
  pendingEmail: string | null
  erasedAt: NullableTimestamp
}

export interface AccountTokenTable {
  tokenHash: Buffer
  accountId: number
  purpose: string
  data: GeneratedJson
  createdAt: GeneratedTimestamp
  expiresAt: Timestamp
  usedAt: NullableTimestamp
}

export interface CategoryTable {
  id: GeneratedAlways<number>
  slug: string
  position: Generated<number>
  names: Json
}

export interface ErrandTable {
  id: string
  organizerId: number
  eventId: number
  kind: string
  accountId: number
  locale: string
  input: Json
  state: Generated<string>
  step: string
  done: Generated<number>
  total: number
  error: string | null
  run: string | null
  movedAt: GeneratedTimestamp
  createdAt: GeneratedTimestamp
  endedAt: NullableTimestamp
}

export interface ErrandPartTable {
  errandId: string
  organizerId: number
  file: string
  part: number
  bytes: number
  sealed: Buffer
}

export interface EventTable {
  id: GeneratedAlways<number>
  publicRef: number
  organizerId: number
  slug: string
  title: string
  description: Generated<string>
  categoryId: number
  status: Generated<string>
  visibility: Generated<string>
  startsAt: Timestamp
  endsAt: Timestamp
  doorsOpenAt: NullableTimestamp
  timezone: string
  venue: Generated<string>
  address: Generated<string>
  city: Generated<string>
  country: Generated<string>
  latitude: number | null
  longitude: number | null
  capacity: number | null
  currency: Generated<string>
  dressCode: string | null
  reentry: Generated<boolean>
  askHolderNames: Generated<boolean>
  paymentUrl: string | null
  coverId: string | null
  qrFormat: Generated<string>
  capacityQuotaId: number | null
  publishedAt: NullableTimestamp
  cancelledAt: NullableTimestamp
  createdAt: GeneratedTimestamp
  updatedAt: GeneratedTimestamp
  refundDays: number | null
  refundAtOnce: Generated<boolean>
  refundNote: Generated<string>
  feeBps: number | null
  language: Generated<string>
  translations: GeneratedJson
  unconfirmed: Generated<string[]>
  reviewRequestedAt: NullableTimestamp
  reviewNote: string | null
  remindHolders: Generated<boolean>
}

export interface EventInvitationTable {
  id: GeneratedAlways<number>
  eventId: number
  email: string
  name: Generated<string>
  tokenHash: Buffer
  createdAt: GeneratedTimestamp
  announcedAt: NullableTimestamp
  revokedAt: NullableTimestamp
  maxTickets: number | null
}

export interface EventKeyTable {
  eventId: number
  kid: number
  publicKey: Buffer
  privateKeyEnc: Buffer
  macKeyEnc: Buffer
  status: string
  notBefore: GeneratedTimestamp
  retiredAt: NullableTimestamp
}

export interface EventReminderTable {
  eventId: number
  startsAt: Timestamp
  queuedAt: GeneratedTimestamp
}

export interface EventSearchTable {
  eventId: number
  words: string
  plain: string
}

export interface EventSessionTable {
  id: GeneratedAlways<number>
  eventId: number
  title: string
  description: Generated<string>
  speaker: Generated<string>
  place: Generated<string>
  startsAt: Timestamp
  endsAt: Timestamp
}

export interface EventViewTable {
  eventId: number
  views: Generated<number>
}

export interface FactTable {
  xid: Generated<string>
  id: GeneratedAlways<number>
  at: GeneratedTimestamp
  kind: string
  organizerId: number | null
  eventId: number | null
  subject: string
  actor: string
  data: GeneratedJson
}

export interface FactCursorTable {
  subscriber: string
  xid: string
  id: number
}

export interface GateTable {
  id: GeneratedAlways<number>
  eventId: number
  name: string
  directions: Generated<string>
  openFrom: NullableTimestamp
  openTo: NullableTimestamp
  zone: Generated<number>
  strictCapacity: Generated<boolean>
  apbSeconds: Generated<number>
  apbMode: Generated<string>
  sessionSeconds: Generated<number>
  archivedAt: NullableTimestamp
  createdAt: GeneratedTimestamp
}

export interface GateAgentTable {
  gateId: number
  eventId: number
  accountId: number
  organizerId: number
  validFrom: GeneratedTimestamp
  validTo: GeneratedTimestamp
}

export interface GateTicketTypeTable {
  gateId: number
  ticketTypeId: number
}

export interface IdempotentAnswerTable {
  keyHash: Buffer
  requestHash: Buffer
  status: number | null
  body: string | null
  createdAt: GeneratedTimestamp
  answeredAt: NullableTimestamp
}

export interface LedgerAccountTable {
  id: GeneratedAlways<number>
  kind: string
  organizerId: number | null
  provider: string | null
  currency: string
}

export interface LedgerEntryTable {
  postingId: number
  accountId: number
  amount: number
  currency: string
}

export interface LedgerPostingTable {
  id: GeneratedAlways<number>
  at: GeneratedTimestamp
  kind: string
  organizerId: number
  eventId: number | null
  sourceId: string
}

export interface LoginSessionTable {
  id: GeneratedAlways<number>
  publicId: Generated<string>
  accountId: number
  kind: string
  tokenHash: Buffer | null
  userAgent: string | null
  createdAt: GeneratedTimestamp
  lastUsedAt: GeneratedTimestamp
  expiresAt: Timestamp
  revokedAt: NullableTimestamp
  revokedReason: string | null
  provenAt: GeneratedTimestamp
}

export interface MagicLinkTable {
  tokenHash: Buffer
  eventId: number
  orderId: number
  createdAt: GeneratedTimestamp
  expiresAt: Timestamp
  revokedAt: NullableTimestamp
  lastUsedAt: NullableTimestamp
}

export interface MailTable {
  id: GeneratedAlways<number>
  dedupeKey: string
  kind: string
  recipient: string
  locale: string
  subject: string
  html: string
  body: string
  eventId: number | null
  orderId: number | null
  ticketIds: string[] | null
  attach: Generated<string[]>
  attachments: GeneratedJson
  status: Generated<string>
  attempts: Generated<number>
  claimedUntil: NullableTimestamp
  error: string | null
  createdAt: GeneratedTimestamp
  sentAt: NullableTimestamp
}

export interface MembershipTable {
  organizerId: number
  accountId: number
  role: string
  confirmedAt: NullableTimestamp
  createdAt: GeneratedTimestamp
}

export interface MigrationTable {
  name: string
  checksum: string
  appliedAt: GeneratedTimestamp
}

export interface OccupancyTable {
  eventId: number
  zone: number
  shard: number
  inside: Generated<number>
  totalIn: Generated<number>
  totalOut: Generated<number>
}

export interface OrganizerTable {
  id: GeneratedAlways<number>
  publicId: Generated<string>
  slug: string
  name: string
  country: Generated<string>
  currency: Generated<string>
  commissionBps: number | null
  createdAt: GeneratedTimestamp
  description: Generated<string>
  website: string | null
  facebook: string | null
  instagram: string | null
  whatsapp: string | null
  logoId: string | null
  accent: string | null
  salesSuspendedAt: NullableTimestamp
}

export interface PaymentTable {
  id: string
  payableKind: string
  payableId: number
  eventId: number | null
  organizerId: number
  provider: string
  reference: string
  amount: number
  currency: string
  payerPhone: string | null
  status: string
  providerRef: string | null
  providerTxnId: string | null
  nextAction: NullableJson
  failure: string | null
  fees: Generated<number>
  secretsEnc: Buffer | null
  outcome: string | null
  late: Generated<boolean>
  reviewReason: string | null
  payerDeadline: Timestamp
  nextPollAt: NullableTimestamp
  pollCount: Generated<number>
  createdAt: GeneratedTimestamp
  updatedAt: GeneratedTimestamp
  succeededAt: NullableTimestamp
  reportedAmount: number | null
  reportedCurrency: string | null
}

export interface PlatformSettingTable {
  key: string
  value: Json
  changedAt: GeneratedTimestamp
}

export interface QuotaTable {
  id: GeneratedAlways<number>
  eventId: number
  name: string
  kind: Generated<string>
}

export interface QuotaCounterTable {
  eventId: number
  quotaId: number
  size: number
  held: Generated<number>
  sold: Generated<number>
}

export interface RateLimitTable {
  key: string
  windowStart: Timestamp
  count: number
}

export interface RefreshTokenTable {
  tokenHash: Buffer
  sessionId: number
  createdAt: GeneratedTimestamp
  expiresAt: Timestamp
  usedAt: NullableTimestamp
}

export interface RefundTable {
  id: string
  paymentId: string
  payableKind: string
  payableId: number
  eventId: number | null
  organizerId: number
  amount: number
  currency: string
  cause: string
  reason: Generated<string>
  status: string
  failure: string | null
  providerRefundRef: string | null
  operatorReference: string | null
  ticketIds: Generated<string[]>
  requestedBy: string
  nextPollAt: NullableTimestamp
  pollCount: Generated<number>
  createdAt: GeneratedTimestamp
  updatedAt: GeneratedTimestamp
  completedAt: NullableTimestamp
  retryOf: string | null
}

export interface RetiredCodeTable {
  eventId: number
  code: Buffer
  ticketId: string
  reason: string
  at: GeneratedTimestamp
}

export interface ScanTable {
  scanId: string
  sessionId: string | null
  reqHash: Buffer
  eventId: number
  ticketId: string | null
  gateId: number
  agentId: number
  dir: string
  result: string
  method: Generated<string>
  origin: Generated<string>
  deviceTime: NullableTimestamp
  at: GeneratedTimestamp
}

export interface ScanRequestTable {
  id: string
  tokenHash: Buffer | null
  eventId: number
  ticketId: string | null
  ticketCode: Buffer | null
  gateId: number
  agentId: number
  code: string
  method: Generated<string>
  textHash: Buffer | null
  createdAt: GeneratedTimestamp
  expiresAt: NullableTimestamp
  consumedBy: string | null
  cancelledAt: NullableTimestamp
}

export interface SimulatorPaymentTable {
  id: string
  reference: string
  amount: number
  currency: string
  phone: string | null
  status: Generated<string>
  failure: string | null
  transaction: string | null
  webhookUrl: string
  description: string
  expiresAt: Timestamp
  refunded: Generated<number>
  createdAt: GeneratedTimestamp
  decidedAt: NullableTimestamp
}

export interface SimulatorRefundTable {
  id: string
  paymentId: string
  amount: number
  createdAt: GeneratedTimestamp
}

export interface StoredFileTable {
  id: string
  organizerId: number | null
  kind: string
  width: number
  height: number
  variants: Json
  createdAt: GeneratedTimestamp
}

export interface TicketTable {
  eventId: number
  id: string
  orderId: number
  ticketTypeId: number
  code: Buffer
  kid: number
  status: string
  price: number
  holderName: string | null
  holderEmail: string | null
  createdAt: GeneratedTimestamp
  usedCount: Generated<number>
  usageDay: string | null
  usageDayCount: Generated<number>
  lastDir: string | null
  lastGateId: number | null
  lastScanAt: NullableTimestamp
  version: Generated<number>
  fee: Generated<number>
  issueId: string | null
}

export interface TicketIssueTable {
  errandId: string
  eventId: number
  ticketTypeId: number
  terms: string
  quantity: number
  held: number
  sendMails: boolean
  peopleEnc: Buffer | null
  createdAt: GeneratedTimestamp
}

export interface TicketOrderTable {
  eventId: number
  id: Generated<number>
  code: string
  organizerId: number
  accountId: number | null
  status: string
  channel: string
  buyerName: string
  buyerEmail: string | null
  buyerPhone: string | null
  locale: string
  quantity: number
  total: number
  currency: string
  expiresAt: NullableTimestamp
  createdAt: GeneratedTimestamp
  paidAt: NullableTimestamp
  cancelledAt: NullableTimestamp
  late: Generated<boolean>
  idemKey: Buffer
  requestHash: Buffer
  refundAskedAt: NullableTimestamp
  refundReason: string | null
  refundDeclinedAt: NullableTimestamp
  fees: number | null
  refundTicketIds: string[] | null
  refundAnswer: string | null
  invitationId: number | null
}

export interface TicketTypeTable {
  id: GeneratedAlways<number>
  eventId: number
  ordinal: number
  name: string
  description: Generated<string>
  price: number
  quotaId: number
  minPerOrder: Generated<number>
  maxPerOrder: Generated<number>
  saleStartsAt: NullableTimestamp
  saleEndsAt: NullableTimestamp
  validFrom: NullableTimestamp
  validTo: NullableTimestamp
  usageLimit: number | null
  usagePeriod: Generated<string>
  reentry: Generated<boolean>
  admitIssued: Generated<boolean>
  hidden: Generated<boolean>
  position: Generated<number>
  archivedAt: NullableTimestamp
  createdAt: GeneratedTimestamp
  translations: GeneratedJson
}

export interface WebhookInboxTable {
  id: GeneratedAlways<number>
  provider: string
  dedupeKey: string
  verification: string
  paymentId: string | null
  reference: string | null
  raw: Buffer
  headers: Json
  receivedAt: GeneratedTimestamp
  attempts: Generated<number>
  processedAt: NullableTimestamp
  outcome: string | null
}

export interface Schema {
  accessAlert: AccessAlertTable
  accessFeed: AccessFeedTable
  account: AccountTable
  accountToken: AccountTokenTable
  category: CategoryTable
  errand: ErrandTable
  errandPart: ErrandPartTable
  event: EventTable
  eventInvitation: EventInvitationTable
  eventKey: EventKeyTable
  eventReminder: EventReminderTable
  eventSearch: EventSearchTable
  eventSession: EventSessionTable
  eventView: EventViewTable
  fact: FactTable
  factCursor: FactCursorTable
  gate: GateTable
  gateAgent: GateAgentTable
  gateTicketType: GateTicketTypeTable
  idempotentAnswer: IdempotentAnswerTable
  ledgerAccount: LedgerAccountTable
  ledgerEntry: LedgerEntryTable
  ledgerPosting: LedgerPostingTable
  loginSession: LoginSessionTable
  magicLink: MagicLinkTable
  mail: MailTable
  membership: MembershipTable
  migration: MigrationTable
  occupancy: OccupancyTable
  organizer: OrganizerTable
  payment: PaymentTable
  platformSetting: PlatformSettingTable
  quota: QuotaTable
  quotaCounter: QuotaCounterTable
  rateLimit: RateLimitTable
  refreshToken: RefreshTokenTable
  refund: RefundTable
  retiredCode: RetiredCodeTable
  scan: ScanTable
  scanRequest: ScanRequestTable
  simulatorPayment: SimulatorPaymentTable
  simulatorRefund: SimulatorRefundTable
  storedFile: StoredFileTable
  ticket: TicketTable
  ticketIssue: TicketIssueTable
  ticketOrder: TicketOrderTable
  ticketType: TicketTypeTable
  webhookInbox: WebhookInboxTable
}
