// /admin/jobs: the queue; what failed may be tried again or given up.
import type { FastifyInstance } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import type { App } from '#src/platform/app.ts'
import { countJobs, dropJob, JOB_STATES, listJobs, retryAllJobs, retryJob, type JobState, type QueuedJob } from '#src/platform/jobs.ts'
import { Badge, Button, EmptyState, DataTable, Pager, PostButton, type Tone } from '../ui/components.tsx'
import { ErrorSummary } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { requireId } from '../ui/params.ts'
import { AdminFrame } from './admin-frame.tsx'
import { asked, askedOne, Filters, When, type ListRequest, type Query } from './admin-list.tsx'
import { act } from './staff-action.tsx'

const TONES: Record<JobState, Tone | 'plain'> = { dead: 'bad', failing: 'warn', running: 'info', waiting: 'plain', later: 'plain' }

export async function adminJobPages(server: FastifyInstance, app: App): Promise<void> {
  async function show(page: PageContext, query: Query, form: FormState) {
    const search = { state: askedOne(query, 'state', JOB_STATES), name: asked(query, 'name'), cursor: asked(query, 'cursor'), limit: 50 }
    const [jobs, counts] = await Promise.all([listJobs(app.db, search), countJobs(app.db)])
    return <Jobs page={page} jobs={jobs} dead={counts.dead} form={form} done={asked(query, 'done')} />
  }

  server.get<ListRequest>('/admin/jobs', async (request, reply) => {
    const page = pageOf(request)
    return sendPage(reply, await show(page, request.query, readForm(page, request.query).state()))
  })
  server.post('/admin/jobs', async (request, reply) =>
    act(app, request, reply, {
      back: '/admin/jobs',
      done: 'jobsRetried',
      work: (_form, actor) => retryAllJobs(app, actor),
      again: (page, form) => show(page, {}, form),
    }),
  )
  server.post<{ Params: { id: string } }>('/admin/jobs/:id', async (request, reply) => {
    const id = requireId(request.params.id)
    const drop = (request.body as Record<string, unknown> | undefined)?.decision === 'drop'
    return act(app, request, reply, {
      back: '/admin/jobs',
      done: drop ? 'jobDropped' : 'jobRetried',
      work: (_form, actor) => (drop ? dropJob(app, actor, id) : retryJob(app, actor, id)),
      again: (page, form) => show(page, {}, form),
    })
  })
}

type JobsProps = { page: PageContext; jobs: Page<QueuedJob>; dead: number; form: FormState; done: string | undefined }

function Jobs({ page, jobs, dead, form, done }: JobsProps) {
  const t = page.t.admin
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <AdminFrame page={page} title={t.jobs} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Filters
        page={page}
        form={freshForm({ state: form.values.state, name: form.values.name })}
        selects={[{ name: 'state', label: t.status, options: JOB_STATES.map((state) => [state, t.jobStates[state]] as const) }]}
      />
      {dead > 0 && <PostButton action="/admin/jobs">{t.retryAll(dead, count(dead))}</PostButton>}
      <DataTable
        caption={t.jobs}
        rows={jobs.data}
        empty={
          <EmptyState title={t.noJobs}>
            <p>{t.noJobsHint}</p>
          </EmptyState>
        }
        columns={[
          {
            label: t.job,
            cell: (job) => (
              <>
                <code>{job.name}</code> <Badge tone={TONES[job.state]}>{t.jobStates[job.state]}</Badge>
                {job.error && <span class="hint block">{job.error.split('\n')[0]}</span>}
              </>
            ),
          },
          { label: t.key, minor: true, cell: (job) => <span class="small">{job.key}</span> },
          { label: t.attempts, numeric: true, minor: true, cell: (job) => t.attemptsOf(count(job.attempts), count(job.maxAttempts)) },
          { label: t.since, minor: true, cell: (job) => <When page={page} date={job.createdAt} /> },
          { label: t.nextRun, minor: true, cell: (job) => job.state !== 'dead' && job.state !== 'running' && <When page={page} date={job.runAt} /> },
          { label: t.action, cell: (job) => (job.state === 'dead' || job.state === 'failing') && <JobActions page={page} job={job} /> },
        ]}
      />
      <Pager page={page} nextCursor={jobs.nextCursor} />
    </AdminFrame>
  )
}

function JobActions({ page, job }: { page: PageContext; job: QueuedJob }) {
  const t = page.t.admin
  return (
    <form method="post" action={`/admin/jobs/${job.id}`} class="row">
      <Button kind="secondary" name="decision" value="retry">
        {t.retry}
      </Button>
      <Button kind="quiet" name="decision" value="drop">
        {t.drop}
      </Button>
    </form>
  )
}
