// Mails to accounts and invited guests: confirm the address, choose a password, join a team, come to a private event.
import type { TeamRole } from '#src/kernel/actor.ts'
import type { AccountTokenPurpose } from '#src/modules/identity/account.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { mintInvitationToken } from '#src/modules/events/invite-guest.ts'
import { findMailRecipient } from '#src/modules/identity/find-accounts.ts'
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import { ACCOUNT_LINKS, mintAccountToken } from '#src/modules/identity/mint-account-token.ts'
import type { App } from '#src/platform/app.ts'
import type { ComposedMail } from './mail-layout.ts'
import { changeEmailMail, emailChangeNoticeMail, resetPasswordMail, teamInvitationMail, verifyEmailMail } from './account-mails.ts'
import { eventInvitationMail } from './event-mails.ts'
import { queueMail } from './queue-mail.ts'

/** `factId` names the wish: asking twice is two mails, the same wish read twice is one. */
export type NotifyAccount = { factId: number; accountId: number } & (
  | { what: 'verify_email' | 'reset_password' | 'change_email' | 'email_change_notice' }
  | { what: 'join_team'; organizerId: number; role: TeamRole; confirmed: boolean }
)

export async function notifyAccount(app: App, news: NotifyAccount): Promise<void> {
  const account = await findMailRecipient(app.db, news.accountId)
  const recipient = news.what === 'change_email' ? account?.pendingEmail : account?.email
  // Gone meanwhile, or the wish for another address was taken back.
  if (!account || !recipient || (news.what === 'email_change_notice' && !account.pendingEmail)) return
  const link = async (purpose: AccountTokenPurpose) =>
    `${app.publicUrl()}${ACCOUNT_LINKS[purpose]}${await mintAccountToken(app, news.accountId, purpose, recipient)}`
  const compose = async (): Promise<ComposedMail> => {
    switch (news.what) {
      case 'verify_email':
        return verifyEmailMail(account, await link(news.what), account.locale)
      case 'change_email':
        return changeEmailMail(account, await link(news.what), account.locale)
      case 'email_change_notice':
        return emailChangeNoticeMail(account, account.pendingEmail!, `${app.publicUrl()}/account/security`, account.locale)
      case 'reset_password':
        return resetPasswordMail(account, await link(news.what), account.locale)
      case 'join_team':
        return teamInvitationMail(
          await getOrganizer(app.db, news.organizerId),
          news.role,
          news.confirmed ? `${app.publicUrl()}/organizer` : await link(news.what),
          account.locale,
        )
    }
  }
  const mail = { dedupeKey: `${news.what}:fact:${news.factId}`, kind: news.what, recipient, locale: account.locale }
  await queueMail(app, mail, compose, { urgent: true }).catch((error: unknown) => {
    // The address was changed while this was written: the new one has its own mail.
    if (!isDomainError(error, 'not_found')) throw error
  })
}

export type NotifyGuest = { factId: number; invitationId: number }

/** The personal link to a private event, in the event's language: nobody knows yet which one the guest reads. */
export async function notifyGuest(app: App, { factId, invitationId }: NotifyGuest): Promise<void> {
  const invitation = await mintInvitationToken(app, invitationId).catch((error: unknown) => {
    if (isDomainError(error, 'not_found')) return null
    throw error
  })
  const event = invitation && (await findEventById(app.db, invitation.eventId))
  if (!event) return
  await queueMail(
    app,
    {
      dedupeKey: `event_invitation:fact:${factId}`,
      kind: 'event_invitation',
      recipient: invitation.email,
      locale: event.language,
      about: { eventId: event.id, orderId: null, ticketIds: null },
    },
    async () =>
      eventInvitationMail(
        invitation,
        event,
        await getOrganizer(app.db, event.organizerId),
        `${app.publicUrl()}/events/${event.slug}?invitation=${invitation.token}`,
        event.language,
      ),
  )
}
