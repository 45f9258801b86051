// /dev/components: every piece that pages are made of, in each of its states, light beside dark. In development only, for who changes the styles.
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { PaymentMethod } from '#src/modules/payments/find-payments.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import type { App } from '#src/platform/app.ts'
import { asset } from '../ui/assets.ts'
import { BarChart, Share } from '../ui/chart.tsx'
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
  Rail,
  Tabs,
  Ticket,
  Trail,
  type Tone,
} from '../ui/components.tsx'
import { CheckField, ErrorSummary, FileField, RadioField, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { PasswordField } from '../ui/password-field.tsx'
import { PaymentFields } from '../ui/payment-fields.tsx'
import { Portrait } from '../ui/portrait.tsx'
import { TicketCard } from '../ui/ticket-card.tsx'
import { RAIL_STYLESHEET } from '../ui/stylesheet.ts'

const SCHEMES = ['light', 'dark'] as const
type Scheme = (typeof SCHEMES)[number]

const STYLES = '/dev/components.css'

export async function devComponentPages(server: FastifyInstance, app: App): Promise<void> {
  if (app.config.environment === 'production') return
  const styles = bothSchemes()
  server.get(STYLES, (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'no-store').send(styles))
  server.get('/dev/components', async (request, reply) => sendPage(reply, <Components page={pageOf(request)} />))
}

/** The two sets of tokens, each for the column that asks for it by name: pages themselves follow the reader's system. */
function bothSchemes(): string {
  const [light, dark] = [...readFileSync(new URL('../ui/tokens.css', import.meta.url), 'utf8').matchAll(/:root \{([^}]*)\}/g)].map(([, set]) => set!)
  return `[data-scheme] { background: var(--paper); color: var(--ink); padding: 1.5rem; min-width: 0; container-type: inline-size; }
[data-scheme='light'] { ${light} color-scheme: light; }
[data-scheme='dark'] { ${dark} color-scheme: dark; }
.schemes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); margin-inline: -1rem; }`
}

const TONES: Tone[] = ['info', 'good', 'warn', 'bad']
const BARS = [3, 0, 8, 12, 5, 9, 1]
const PHONE: PaymentMethod = {
  provider: 'simulator',
  flow: 'push',
  audience: 'public',
  needsPhone: true,
  minAmount: 100,
  maxAmount: 1_000_000,
}
const EVENT = {
  title: 'Nuit afrobeat à Fidjrossè',
  startsAt: new Date('2026-11-28T19:00:00Z'),
  endsAt: new Date('2026-11-29T01:00:00Z'),
  timezone: 'Africa/Porto-Novo',
  venue: 'La Paillote du Large',
  city: 'Cotonou',
}
const TICKET: ShownTicket = {
  id: '1',
  code: '2R3R-W35Q-ACXD-WC',
  qr: 'https://guichet.example/what-a-code-holds',
  ticketType: 'Carré VIP',
  ticketTypeId: 1,
  status: 'issued',
  holderName: 'Ada Dossou',
  holderEmail: null,
  price: 20_000,
}

/** Names differ by column: two fields of one page never share an id. */
function rightForm(scheme: Scheme): FormState {
  return freshForm({ [`${scheme}-name`]: 'Ada Dossou', [`${scheme}-city`]: 'lome', [`${scheme}-agree`]: 'on', [`${scheme}-way`]: 'wave' })
}

function wrongForm(scheme: Scheme): FormState {
  return {
    values: { [`${scheme}-wrong-name`]: 'A', [`${scheme}-wrong-way`]: 'wave' },
    errors: {
      [`${scheme}-wrong-name`]: 'Texte trop court.',
      [`${scheme}-wrong-way`]: 'Choisissez dans la liste.',
      [`${scheme}-wrong-agree`]: 'Cochez la case pour continuer.',
    },
    refusal: 'Il ne reste plus assez de places.',
  }
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
    <Layout
      page={page}
      title="Components"
      noindex
      wide
      head={[RAIL_STYLESHEET, STYLES].map((href) => (
        <link key={href} rel="stylesheet" href={href} />
      ))}
      scripts={[asset('islands/show-password.ts')]}
    >
      <h1>Components</h1>
      <p class="lead">
        A lead says in a sentence what the page is for. <span class="soft">Soft text</span> says less.
      </p>
      <div class="schemes">
        {SCHEMES.map((scheme) => (
          <div key={scheme} data-scheme={scheme} class="stack stack--loose">
            <Places scheme={scheme} />
            <Actions page={page} scheme={scheme} />
            <Tickets page={page} />
            <Words />
            <Fields page={page} scheme={scheme} />
            <FieldsToCorrect page={page} scheme={scheme} />
            <Numbers page={page} />
            <Lists page={page} />
          </div>
        ))}
      </div>
    </Layout>
  )
}

function Places({ scheme }: { scheme: Scheme }) {
  const tabs = [
    ['#', 'Overview'],
    ['#tickets', 'Tickets'],
    ['#orders', 'Orders'],
    ['#participants', 'Participants'],
    ['#gates', 'Gates'],
    ['#settings', 'Settings'],
  ] as const
  return (
    <Section title="Where to go: trail, tabs, rail">
      <Trail
        label={`Trail, ${scheme}`}
        steps={[
          ['/events', 'Trail'],
          ['/dev/components', 'one below'],
        ]}
      />
      <Tabs label={`Tabs, ${scheme}`} tabs={tabs} here="#orders" />
      <Rail label={`Rail, ${scheme}`} tabs={tabs} here="#" back={['/organizer', 'Out of here']}>
        <strong>Whose pages these are</strong>
        <Badge tone="good">on sale</Badge>
      </Rail>
    </Section>
  )
}

function Actions({ page, scheme }: { page: PageContext; scheme: Scheme }) {
  return (
    <Section title="Button: one primary on a screen">
      <div class="actions">
        <Button>Primary</Button>
        <LinkButton kind="secondary" href="#">
          Secondary
        </LinkButton>
        <LinkButton kind="quiet" href="#">
          Quiet
        </LinkButton>
        <PostButton kind="danger" action="/dev/components" fields={{ scheme }}>
          Danger
        </PostButton>
        <Button disabled>Not now</Button>
      </div>
      {/* One to a page, as each landmark. */}
      {scheme === 'light' && <Pager page={page} nextCursor="next" />}
    </Section>
  )
}

function Tickets({ page }: { page: PageContext }) {
  const free = { amount: 0, currency: 'XOF' }
  return (
    <Section title="Ticket: the one shape">
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
        <p>Folded below; as high as its neighbour, the fold at the foot.</p>
      </Ticket>
      <Ticket kind="wide" stub={<Price page={page} money={free} />}>
        <h3>Wide</h3>
        <p>Folded at the side where there is room.</p>
      </Ticket>
      <Ticket kind="hero" stub={<p>Where to begin</p>}>
        <h3>Hero</h3>
        <p class="lead">Opens the home page, and nothing else.</p>
        <Button>The thing to do</Button>
      </Ticket>
      <ul class="tickets">
        <TicketCard page={page} event={EVENT} ticket={TICKET} nth={1} count={2} path="#" />
      </ul>
    </Section>
  )
}

function Words() {
  return (
    <Section title="Notice and badge: what matters">
      {TONES.map((tone) => (
        <Notice key={tone} tone={tone} title={`Notice, ${tone}`}>
          <p>
            What happened, that nothing is lost, <a href="#">what to do</a>.
          </p>
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
  )
}

function Fields({ page, scheme }: { page: PageContext; scheme: Scheme }) {
  const form = rightForm(scheme)
  const optional = page.t.common.optional
  return (
    <Section title="Fields">
      <form class="form" method="post" action="/dev/components">
        <TextField form={form} name={`${scheme}-name`} label="Text" hint="A hint says what is expected." />
        <TextField form={form} name={`${scheme}-place`} label="Text with suggestions" suggestions={['Cotonou', 'Lomé']} placeholder="Cotonou" />
        <TextField form={form} name={`${scheme}-count`} label="Number" inputmode="numeric" size="short" />
        <TextArea form={form} name={`${scheme}-text`} label="Longer text" optional={optional} rows={3} />
        <SelectField
          form={form}
          name={`${scheme}-city`}
          label="One of many"
          options={[
            ['cotonou', 'Cotonou'],
            ['lome', 'Lomé'],
          ]}
          size="medium"
        />
        <RadioField
          form={form}
          name={`${scheme}-way`}
          label="One of a few"
          options={[
            { value: 'mtn', label: 'MTN MoMo', hint: 'A hint' },
            { value: 'wave', label: 'Wave' },
          ]}
        />
        <CheckField form={form} name={`${scheme}-agree`} label="Yes or no" hint="Ticked means yes." />
        <PasswordField page={page} form={form} name={`${scheme}-password`} label="Password, being chosen" fresh />
        <FileField form={form} name={`${scheme}-file`} label="A file" optional={optional} accept="image/*" />
      </form>
      <div class="row">
        <Portrait photo={null} name="Sènami" /> <span>Somebody without a photo</span>
      </div>
      {/* Its fields have names of their own: shown in one column only. */}
      {scheme === 'light' && (
        <form class="form" method="post" action="/dev/components">
          <PaymentFields page={page} form={form} methods={[PHONE, { ...PHONE, provider: 'cash', needsPhone: false }]} phoneHint="Two ways to pay." />
        </form>
      )}
    </Section>
  )
}

function FieldsToCorrect({ page, scheme }: { page: PageContext; scheme: Scheme }) {
  const form = wrongForm(scheme)
  return (
    <Section title="Fields to correct">
      {/* The summary is one of its kind on a page. */}
      {scheme === 'light' && <ErrorSummary specimen page={page} form={form} labels={{ [`${scheme}-wrong-name`]: 'Text' }} />}
      <form class="form" method="post" action="/dev/components">
        <TextField form={form} name={`${scheme}-wrong-name`} label="Text" />
        <RadioField
          form={form}
          name={`${scheme}-wrong-way`}
          label="One of a few"
          options={[
            { value: 'mtn', label: 'MTN MoMo' },
            { value: 'wave', label: 'Wave' },
          ]}
        />
        <CheckField form={form} name={`${scheme}-wrong-agree`} label="Yes or no" />
      </form>
    </Section>
  )
}

function Numbers({ page }: { page: PageContext }) {
  const day = (index: number) => `${14 + index} nov.`
  return (
    <Section title="Numbers, facts, charts">
      <KeyFigures
        figures={[
          { label: 'Sold', value: '1 250', note: 'of 2 000 places' },
          { label: 'Net', value: '6 250 000 F CFA', note: 'the unit stands smaller' },
          { label: 'Share', value: '12,5 %' },
          { label: 'None yet', value: '–' },
        ]}
      />
      <Facts
        rows={[
          ['Order', '7Q2M4XKDE1'],
          ['Left out, being empty', null],
          ['Buyer', 'Ada Dossou'],
          [
            'Share',
            <Share key="share" part={45} whole={60}>
              45 of 60
            </Share>,
          ],
        ]}
      />
      <BarChart
        label="Tickets by day"
        bars={BARS.map((value, index) => ({ value, title: `${day(index)}: ${value}` }))}
        peak={`12, ${day(3)}`}
        first={day(0)}
        last={day(6)}
        table={{
          summary: page.t.dashboard.asTable,
          rows: BARS,
          columns: [{ label: 'Tickets', numeric: true, cell: (value) => value }],
        }}
      />
    </Section>
  )
}

function Lists({ page }: { page: PageContext }) {
  return (
    <Section title="Table: a list on a phone">
      <DataTable
        caption="Table"
        rows={[
          { name: 'Standard', sold: 120, price: 5000 },
          { name: 'VIP', sold: 4, price: 20_000 },
        ]}
        columns={[
          { label: 'Name', sort: { href: '#', now: 'ascending' }, cell: (row) => <a href="#">{row.name}</a> },
          {
            label: 'Price',
            numeric: true,
            sort: { href: '#', now: undefined },
            cell: (row) => <Price page={page} money={{ amount: row.price, currency: 'XOF' }} />,
          },
          { label: 'Sold', numeric: true, cell: (row) => row.sold },
          { label: 'Minor', minor: true, cell: () => 'only where there is room' },
        ]}
      />
      <div class="stack stack--tight">
        <label for="progress-begun">0 of 2,000</label>
        <progress class="progress" id="progress-begun" value={0} max={2000} />
        <label for="progress-going">1,240 of 2,000</label>
        <progress class="progress" id="progress-going" value={1240} max={2000} />
      </div>
      <DataTable caption="Nothing to list" rows={[]} columns={[]} empty={<EmptyState title="Where there is no row, the empty state" />} />
    </Section>
  )
}
