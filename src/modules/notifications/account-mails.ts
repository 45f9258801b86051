// What we write to accounts: proofs of addresses, passwords, a place in a team. Pure functions; src/locales holds the sentences.
import type { Locale, TeamRole } from '#src/kernel/actor.ts'
import { layOut, type ComposedMail } from './mail-layout.ts'
import { wordsOf } from './mail-parts.ts'

/** A link that proves or opens something, for a while. */
function linkMail(
  kind: 'verifyEmail' | 'changeEmail' | 'resetPassword',
  expires: string,
  account: { name: string },
  url: string,
  locale: Locale,
): ComposedMail {
  const { [kind]: words, greeting, ignore } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject,
      title: words.title,
      greeting: greeting(account.name),
      paragraphs: [words.intro],
      action: { label: words.button, url },
      notes: [expires, ignore],
    },
    locale,
  )
}

export function verifyEmailMail(account: { name: string }, url: string, locale: Locale): ComposedMail {
  return linkMail('verifyEmail', wordsOf(locale).verifyEmail.expires, account, url, locale)
}

/** To the address that an account means to have. */
export function changeEmailMail(account: { name: string }, url: string, locale: Locale): ComposedMail {
  return linkMail('changeEmail', wordsOf(locale).verifyEmail.expires, account, url, locale)
}

/** To the address that an account has: somebody who knew the password wants another. */
export function emailChangeNoticeMail(account: { name: string }, newAddress: string, url: string, locale: Locale): ComposedMail {
  const { emailChangeNotice: words, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject,
      title: words.title,
      greeting: greeting(account.name),
      paragraphs: [words.intro(newAddress), words.notYou],
      action: { label: words.button, url },
    },
    locale,
  )
}

export function resetPasswordMail(account: { name: string }, url: string, locale: Locale): ComposedMail {
  return linkMail('resetPassword', wordsOf(locale).resetPassword.expires, account, url, locale)
}

export function teamInvitationMail(organizer: { name: string }, role: TeamRole, url: string, locale: Locale): ComposedMail {
  const { teamInvitation: words } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(organizer.name),
      title: words.title(organizer.name),
      paragraphs: [words.intro(organizer.name, words.roles[role])],
      action: { label: words.button, url },
      notes: [words.expires],
    },
    locale,
  )
}
