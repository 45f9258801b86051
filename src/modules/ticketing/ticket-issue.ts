// An issue: tickets that the team gives out, many at a time. Pure rules, no I/O.

/** `complimentary`: an invitation, which lets in at once. `outside`: printed to be sold elsewhere; lets in once somebody says that it was. */
export const ISSUE_TERMS = ['complimentary', 'outside'] as const
export type IssueTerms = (typeof ISSUE_TERMS)[number]

export const SHEET_SIZES = [4, 8] as const
/** Tickets on a sheet of A4. */
export type PerSheet = (typeof SHEET_SIZES)[number]

export const MAX_ISSUE = 10_000

export type Person = { name: string; email: string | null }

export type TicketIssue = {
  errandId: string
  eventId: number
  ticketTypeId: number
  terms: IssueTerms
  quantity: number
  /** Places that wait to become tickets. */
  held: number
  sendMails: boolean
  /** Null where the tickets are numbered. */
  people: Person[] | null
}
