// /organizer/events/{slug}/issues: tickets given out by the thousand: asked for, checked in numbers, confirmed; and those of before.
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listEventErrands } from '#src/modules/ticketing/find-issues.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { issueTickets } from '#src/modules/ticketing/issue-tickets.ts'
import { readPeople, readTable, writePeople, type PeopleList } from '#src/modules/ticketing/people-list.ts'
import { ISSUE_TERMS, MAX_ISSUE, SHEET_SIZES } from '#src/modules/ticketing/ticket-issue.ts'
import type { App } from '#src/platform/app.ts'
import { readXlsx } from '#src/platform/read-xlsx.ts'
import { statusOf } from '../error-page.tsx'
import { freshForm, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage } from '../ui/page.ts'
import { errandPath } from './event-errand.tsx'
import { eventPath } from './event-frame.tsx'
import { ConfirmIssue, Issues, NewIssue, type IssueScene, type WantedIssue } from './issue-screens.tsx'

type SlugRequest = { Params: { slug: string } }

const PATH = '/organizer/events/:slug/issues'
const MAX_FILE_BYTES = 2 * 1024 * 1024
/** A list of ten thousand, as a form sends it. */
const MAX_FORM_BYTES = 4 * 1024 * 1024

export async function eventIssuePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>(PATH, async (request, reply) => {
    const scene = await load(request)
    const errands = await listEventErrands(app, request.actor, request.params.slug, ['tickets'])
    return sendPage(reply, <Issues page={pageOf(request)} {...scene} errands={errands} />)
  })

  server.get<SlugRequest>(`${PATH}/new`, async (request, reply) => again(request, reply, freshForm({}), undefined, 200))

  await server.register(async (scope) => {
    await scope.register(multipart, { limits: { fileSize: MAX_FILE_BYTES, files: 1, fields: 10, fieldSize: MAX_FORM_BYTES, parts: 12 } })
    scope.post<SlugRequest>(`${PATH}/check`, { bodyLimit: MAX_FILE_BYTES + MAX_FORM_BYTES }, async (request, reply) => {
      const scene = await load(request)
      const { fields, file } = await readParts(request)
      const form = readForm(pageOf(request), fields)
      const wanted = readWanted(form, scene, file)
      if ('list' in wanted) return again(request, reply, form.state(wanted.sentence), wanted.list, 422)
      const page = pageOf(request, eventPath(scene.event, 'issues', 'new'))
      return sendPage(reply, <ConfirmIssue page={page} {...scene} wanted={wanted} id={uuidv7()} people={writePeople(wanted.people ?? [])} />)
    })
  })

  server.post<SlugRequest>(PATH, { bodyLimit: MAX_FORM_BYTES }, async (request, reply) => {
    const scene = await load(request)
    const page = pageOf(request)
    const form = readForm(page, request.body)
    const wanted = readWanted(form, scene, null)
    if ('list' in wanted) return again(request, reply, form.state(wanted.sentence), wanted.list, 422)
    try {
      const id = await issueTickets(app, request.actor, {
        id: form.text('id') || undefined,
        eventSlug: scene.event.slug,
        ticketTypeId: wanted.type.id,
        terms: wanted.terms,
        to: wanted.people ?? wanted.quantity,
        perSheet: wanted.perSheet,
        sendMails: wanted.sendMails,
      })
      return reply.redirect(errandPath(scene.event, id), 303)
    } catch (error) {
      const state = refusedForm(page, form, error)
      const left = isDomainError(error, 'too_many_places') ? Number(error.details.left) : null
      return again(request, reply, left === null ? state : { ...state, refusal: page.t.issues.tooMany(left) }, undefined, statusOf(error))
    }
  })

  async function load(request: FastifyRequest<SlugRequest>): Promise<IssueScene> {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    return { event, types: await listTicketTypes(app, event.id, { hidden: true }) }
  }

  async function again(request: FastifyRequest<SlugRequest>, reply: FastifyReply, form: FormState, list: PeopleList | undefined, status: number) {
    const scene = await load(request)
    return sendPage(reply, <NewIssue page={pageOf(request, eventPath(scene.event, 'issues', 'new'))} {...scene} form={form} list={list} />, {
      status,
    })
  }
}

type Refused = { list: PeopleList | undefined; sentence: string | undefined }

/** What the form asks for; or what stands against it: beside its fields, in its lines, or in a sentence. */
function readWanted(form: FormReader, { types }: IssueScene, file: Buffer | null | 'too_large'): WantedIssue | Refused {
  const { t } = form
  const type = types.find((known) => String(known.id) === form.text('type'))
  if (!type) form.fail('type', 'choice')
  const terms = form.choice('terms', ISSUE_TERMS)
  const perSheet = SHEET_SIZES.find((size) => String(size) === form.text('perSheet')) ?? 4
  const fromList = form.text('who') === 'list'
  const quantity = fromList ? 0 : form.integer('quantity', { min: 1, max: MAX_ISSUE, required: true })
  const rows = fromList ? readRows(form, file) : []
  if (rows === undefined) return { list: undefined, sentence: t.issues.badFile }
  const list = fromList ? readPeople(rows) : undefined
  if (list && list.people.length === 0) return { list: undefined, sentence: t.issues.noPeople }
  if (list && list.people.length > MAX_ISSUE) return { list: undefined, sentence: t.issues.tooLong(MAX_ISSUE) }
  if (list && list.problems.length > 0) {
    // What was uploaded comes back to be corrected, since a file can't be sent twice.
    form.values.people = rows.map((row) => row.join('\t')).join('\n')
    return { list, sentence: t.issues.lineErrors(new Set(list.problems.map(({ line }) => line)).size) }
  }
  if (form.failed() || !type || !terms || quantity === undefined) return { list: undefined, sentence: undefined }
  const people = list?.people ?? null
  const count = people?.length ?? quantity
  if (count > type.remaining) return { list: undefined, sentence: t.issues.tooMany(type.remaining) }
  return { type, terms, quantity: count, people, perSheet, sendMails: people !== null && form.checked('sendMails') }
}

function readRows(form: FormReader, file: Buffer | null | 'too_large'): string[][] | undefined {
  if (file === 'too_large') return undefined
  if (file && file.length > 0) {
    if (file.subarray(0, 2).toString('latin1') === 'PK') return readXlsx(file, MAX_ISSUE + 2)
    // Spreadsheets of old write Windows' own letters.
    const utf8 = file.toString('utf8')
    return readTable(utf8.includes('\ufffd') ? new TextDecoder('windows-1252').decode(file) : utf8, MAX_ISSUE + 2)
  }
  return readTable(form.values.people ?? '', MAX_ISSUE + 2)
}

async function readParts(request: FastifyRequest): Promise<{ fields: Record<string, string>; file: Buffer | null | 'too_large' }> {
  const fields: Record<string, string> = {}
  let file: Buffer | null | 'too_large' = null
  for await (const part of request.parts({ throwFileSizeLimit: false } as object)) {
    if (part.type === 'field') fields[part.fieldname] = String(part.value)
    else {
      const bytes = await part.toBuffer()
      file = part.file.truncated ? 'too_large' : bytes
    }
  }
  return { fields, file }
}
