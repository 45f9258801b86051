// /events/{slug}/participants.csv and .xlsx: the whole list as a file, streamed.
import type { FastifyReply } from 'fastify'
import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { App } from '#src/platform/app.ts'
import { openParticipantsExport, participantsCsv, participantsXlsx } from '#src/reads/participants-export.ts'
import type { ApiServer } from './native-api.ts'
import { refusals } from './schemas.ts'

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const file = (type: string, description: string) => ({
  200: { description, content: { [type]: { schema: Type.String({ contentMediaType: type }) } } },
  ...refusals,
})

export async function participantsExportApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/participants.csv',
    {
      schema: {
        operationId: 'exportParticipantsCsv',
        tags: ['Participants'],
        summary: 'All participants as CSV',
        params: Slug,
        description: 'UTF-8 with a byte order mark, RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe.',
        response: file('text/csv', 'The table, a line for each ticket that was paid or free.'),
      },
    },
    async (request, reply) => {
      const opened = await openParticipantsExport(app, request.actor, request.params.slug)
      return send(reply, participantsCsv(opened), 'text/csv; charset=utf-8', `participants-${opened.slug}.csv`)
    },
  )

  server.get(
    '/events/:slug/participants.xlsx',
    {
      schema: {
        operationId: 'exportParticipantsXlsx',
        tags: ['Participants'],
        summary: 'All participants as a spreadsheet',
        params: Slug,
        description: 'Numbers and dates are real ones; dates are in the event’s time zone.',
        response: file(XLSX, 'The workbook.'),
      },
    },
    async (request, reply) => {
      const opened = await openParticipantsExport(app, request.actor, request.params.slug)
      return send(reply, participantsXlsx(opened), XLSX, `participants-${opened.slug}.xlsx`)
    },
  )
}

function send(reply: FastifyReply, stream: Readable, type: string, name: string): FastifyReply {
  return reply.header('content-disposition', `attachment; filename="${name}"`).type(type).send(stream)
}
