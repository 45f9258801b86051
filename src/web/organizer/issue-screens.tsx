// Tickets given out by the thousand, as the team asks for them.
import type { Event } from '#src/modules/events/event.ts'
import type { LineProblem, PeopleList } from '#src/modules/ticketing/people-list.ts'
import { ISSUE_TERMS, MAX_ISSUE, SHEET_SIZES, type IssueTerms, type PerSheet, type Person } from '#src/modules/ticketing/ticket-issue.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { Errand } from '#src/platform/errands.ts'
import { Badge, Button, DataTable, EmptyState, Facts, LinkButton, Notice } from '../ui/components.tsx'
import { CheckField, ErrorSummary, FileField, RadioField, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { hasErrors, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { errandPath } from './event-errand.tsx'
import { EventFrame, eventPath } from './event-frame.tsx'

export type IssueScene = { event: Event; types: TicketType[] }

export type WantedIssue = {
  type: TicketType
  terms: IssueTerms
  quantity: number
  /** Null: numbered. */ people: Person[] | null
  perSheet: PerSheet
  sendMails: boolean
}

export function Issues({ page, event, types, errands }: IssueScene & { page: PageContext; errands: Errand[] }) {
  const t = page.t.issues
  const nameOf = (errand: Errand) => types.find((type) => type.id === errand.input.ticketTypeId)?.name ?? ''
  const action = <LinkButton href={eventPath(event, 'issues', 'new')}>{t.new}</LinkButton>
  return (
    <EventFrame page={page} event={event} title={t.title} under={[eventPath(event, 'participants'), page.t.organizer.participants]}>
      {errands.length > 0 && <p>{action}</p>}
      <DataTable
        caption={t.title}
        rows={errands}
        empty={
          <EmptyState title={t.empty} action={action}>
            <p>{t.emptyHint}</p>
          </EmptyState>
        }
        columns={[
          { label: t.count, cell: (errand) => <a href={errandPath(event, errand.id)}>{t.asked(Number(errand.input.quantity), nameOf(errand))}</a> },
          { label: t.use, minor: true, cell: (errand) => t.termsChoices[errand.input.terms as IssueTerms] },
          {
            label: t.state,
            cell: (errand) => <Badge tone={errand.state === 'done' ? 'good' : 'plain'}>{page.t.errands.states[errand.state]}</Badge>,
          },
          { label: t.askedAt, minor: true, cell: (errand) => formatMoment(errand.createdAt, event.timezone, page.locale) },
        ]}
      />
    </EventFrame>
  )
}

type NewIssueProps = IssueScene & { page: PageContext; form: FormState; list: PeopleList | undefined }

export function NewIssue({ page, event, types, form, list }: NewIssueProps) {
  const t = page.t.issues
  return (
    <EventFrame page={page} event={event} tab="participants" title={t.new} failed={hasErrors(form)} under={[eventPath(event, 'issues'), t.title]}>
      <p class="lead">{t.lead}</p>
      <ErrorSummary page={page} form={form} />
      {list && list.problems.length > 0 && <Problems page={page} problems={list.problems} />}
      <form class="form" method="post" action={eventPath(event, 'issues', 'check')} enctype="multipart/form-data">
        <SelectField
          form={form}
          name="type"
          label={t.type}
          options={types.map((type) => [String(type.id), t.typeLeft(type.name, type.remaining)] as const)}
        />
        <RadioField
          form={form}
          name="terms"
          label={t.terms}
          options={ISSUE_TERMS.map((terms) => ({ value: terms, label: t.termsChoices[terms], hint: t.termsHints[terms] }))}
        />
        <RadioField
          form={form}
          name="who"
          label={t.who}
          options={(['numbered', 'list'] as const).map((who) => ({ value: who, label: t.whoChoices[who], hint: t.whoHints[who] }))}
        />
        <div class="stack when-numbered">
          <TextField form={form} name="quantity" label={t.quantity} hint={t.quantityHint(MAX_ISSUE)} inputmode="numeric" size="short" maxlength={7} />
        </div>
        <div class="form when-list">
          <TextArea form={form} name="people" label={t.people} hint={t.peopleHint} rows={6} />
          <FileField form={form} name="file" label={t.file} accept=".csv,.txt,.xlsx,text/csv" />
          <CheckField form={form} name="sendMails" label={t.sendMails} hint={t.sendMailsHint} />
        </div>
        <SelectField
          form={form}
          name="perSheet"
          label={t.perSheet}
          options={SHEET_SIZES.map((size) => [String(size), t.perSheetChoices[size]] as const)}
          size="medium"
        />
        <Button>{t.check}</Button>
      </form>
    </EventFrame>
  )
}

const SHOWN = 20

function Problems({ page, problems }: { page: PageContext; problems: readonly LineProblem[] }) {
  const t = page.t.issues
  return (
    <ul class="plain-list">
      {problems.slice(0, SHOWN).map(({ line, problem }) => (
        <li key={`${line} ${problem}`}>
          <strong>{t.line(line)}</strong>
          {t.colon}
          {t.lineProblems[problem]}
        </li>
      ))}
      {problems.length > SHOWN && <li class="soft">{t.more(problems.length - SHOWN)}</li>}
    </ul>
  )
}

type ConfirmIssueProps = IssueScene & { page: PageContext; wanted: WantedIssue; id: string; /** The list, to be sent again. */ people: string }

/** Says in numbers what will happen, and asks once. */
export function ConfirmIssue({ page, event, wanted, id, people }: ConfirmIssueProps) {
  const t = page.t.issues
  const mails = wanted.sendMails ? (wanted.people ?? []).filter((person) => person.email !== null).length : 0
  const fields = {
    id,
    type: String(wanted.type.id),
    terms: wanted.terms,
    who: wanted.people ? 'list' : 'numbered',
    quantity: String(wanted.quantity),
    perSheet: String(wanted.perSheet),
    ...(wanted.sendMails ? { sendMails: 'on' } : {}),
  }
  return (
    <EventFrame page={page} event={event} tab="participants" title={t.confirmTitle} under={[eventPath(event, 'issues'), t.title]}>
      <Notice tone="info" title={t.willIssue(wanted.quantity, wanted.type.name)}>
        <p>{t.willKeep(wanted.type.remaining - wanted.quantity)}</p>
        {mails > 0 && <p>{t.willMail(mails)}</p>}
      </Notice>
      <Facts
        rows={[
          [t.use, t.termsChoices[wanted.terms]],
          [t.perSheet, t.perSheetChoices[wanted.perSheet]],
        ]}
      />
      {wanted.people && (
        <section class="stack">
          <h2>{t.firstOf(Math.min(SHOWN, wanted.people.length), wanted.people.length)}</h2>
          <DataTable
            caption={t.people}
            rows={wanted.people.slice(0, SHOWN)}
            columns={[
              { label: t.columns.name, cell: (person) => person.name },
              { label: t.columns.email, cell: (person) => person.email },
            ]}
          />
        </section>
      )}
      <form class="form" method="post" action={eventPath(event, 'issues')}>
        {Object.entries(fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {wanted.people && <textarea hidden name="people" value={people} aria-label={t.people} />}
        <div class="actions">
          <Button>{t.issue(wanted.quantity)}</Button>
          <LinkButton kind="quiet" href={eventPath(event, 'issues', 'new')}>
            {t.change}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}
