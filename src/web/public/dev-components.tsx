// /dev/components: every piece that pages are made of, in each of its states. In development only, for who changes the styles.
import type { FastifyInstance } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { App } from '#src/platform/app.ts'
import {
  Badge,
  Button,
  DataTable,
  EmptyState,
  Facts,
  KeyFigures,
  LinkButton,
  Notice,
  Pager,
  PostButton,
  Price,
  Ticket,
  Trail,
  type Tone,
} from '../ui/components.tsx'
import { CheckField, ErrorSummary, RadioField, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'

export async function devComponentPages(server: FastifyInstance, app: App): Promise<void> {
  if (app.config.environment === 'production') return
  server.get('/dev/components', async (request, reply) => sendPage(reply, <Components page={pageOf(request)} />))
}

const TONES: Tone[] = ['info', 'good', 'warn', 'bad']

const right: FormState = freshForm({ name: 'Ada Dossou', city: 'lome', agree: 'on', way: 'wave' })
const wrong: FormState = {
  values: { 'wrong-name': 'A', 'wrong-way': 'wave' },
  errors: { 'wrong-name': 'Texte trop court.', 'wrong-way': 'Choisissez dans la liste.' },
  refusal: 'Il ne reste plus assez de places.',
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="stack">
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Components({ page }: { page: PageContext }) {
  return (
    <Layout page={page} title="Components" noindex>
      <Trail
        label="Trail"
        steps={[
          ['/events', 'Trail'],
          ['/dev/components', 'one below'],
        ]}
      />
      <h1>Components</h1>
      <p class="lead">
        A lead says in a sentence what the page is for. <span class="soft">Soft text</span> says less.
      </p>
      <Section title="Button: one primary on a screen">
        <div class="actions">
          <Button>Primary</Button>
          <LinkButton kind="secondary" href="#">
            Secondary
          </LinkButton>
          <LinkButton kind="quiet" href="#">
            Quiet
          </LinkButton>
          <PostButton kind="danger" action="/dev/components">
            Danger
          </PostButton>
          <Button disabled>Not now</Button>
        </div>
      </Section>
      <Section title="Ticket: the one shape">
        <div class="cards">
          <Ticket
            stub={
              <p class="total">
                <span>Total</span>{' '}
                <strong>
                  <Price page={page} money={{ amount: 10_000, currency: 'XOF' }} />
                </strong>
              </p>
            }
          >
            <h3>Card</h3>
            <p>Folded below.</p>
          </Ticket>
          <Ticket
            stub={
              <p>
                <Price page={page} money={{ amount: 0, currency: 'XOF' }} />
              </p>
            }
          >
            <h3>Card</h3>
            <p>As high as its neighbour, whatever it holds: the fold stays at the foot.</p>
          </Ticket>
        </div>
        <Ticket kind="wide" stub={<p>Stub</p>}>
          <h3>Wide</h3>
          <p>Folded at the side where there is room.</p>
        </Ticket>
      </Section>
      <Section title="Notice and badge: what matters">
        {TONES.map((tone) => (
          <Notice key={tone} tone={tone} title={`Notice, ${tone}`}>
            <p>What happened, that nothing is lost, what to do.</p>
          </Notice>
        ))}
        <p class="row">
          {TONES.map((tone) => (
            <Badge key={tone} tone={tone}>
              {tone}
            </Badge>
          ))}{' '}
          <Badge tone="plain">plain</Badge>
        </p>
      </Section>
      <Section title="Fields">
        <form class="form" method="post" action="/dev/components">
          <TextField form={right} name="name" label="Text" hint="A hint says what is expected." />
          <TextField form={right} name="count" label="Number" inputmode="numeric" size="short" />
          <TextArea form={right} name="text" label="Longer text" optional={page.t.common.optional} rows={3} />
          <SelectField
            form={right}
            name="city"
            label="One of many"
            options={[
              ['cotonou', 'Cotonou'],
              ['lome', 'Lomé'],
            ]}
            size="medium"
          />
          <RadioField
            form={right}
            name="way"
            label="One of a few"
            options={[
              { value: 'mtn', label: 'MTN MoMo', hint: 'A hint' },
              { value: 'wave', label: 'Wave' },
            ]}
          />
          <CheckField form={right} name="agree" label="Yes or no" hint="Ticked means yes." />
        </form>
      </Section>
      <Section title="Fields to correct">
        <ErrorSummary page={page} form={wrong} labels={{ 'wrong-name': 'Text' }} />
        <form class="form" method="post" action="/dev/components">
          <TextField form={wrong} name="wrong-name" label="Text" />
          <RadioField
            form={wrong}
            name="wrong-way"
            label="One of a few"
            options={[
              { value: 'mtn', label: 'MTN MoMo' },
              { value: 'wave', label: 'Wave' },
            ]}
          />
        </form>
      </Section>
      <Section title="Numbers and facts">
        <KeyFigures
          figures={[
            { label: 'Sold', value: '1 250', note: 'of 2 000 places' },
            { label: 'Sales', value: <Price page={page} money={{ amount: 6_250_000, currency: 'XOF' }} /> },
            { label: 'Inside', value: '0' },
          ]}
        />
        <Facts
          rows={[
            ['Order', '7Q2M4XKDE1'],
            ['Left out, being empty', null],
            ['Buyer', 'Ada Dossou'],
          ]}
        />
      </Section>
      <Section title="Table: a list on a phone">
        <DataTable
          caption="Table"
          rows={[
            { name: 'Standard', sold: 120 },
            { name: 'VIP', sold: 4 },
          ]}
          columns={[
            { label: 'Name', cell: (row) => <a href="#">{row.name}</a> },
            { label: 'Sold', numeric: true, cell: (row) => row.sold },
            { label: 'Minor', minor: true, cell: () => 'not on a phone' },
          ]}
        />
        <Pager page={page} nextCursor="next" />
        <EmptyState
          title="An empty state teaches"
          action={
            <LinkButton kind="secondary" href="#">
              The button that fills it
            </LinkButton>
          }
        >
          <p>What will be here.</p>
        </EmptyState>
      </Section>
    </Layout>
  )
}
