// /admin/settings: what superadmins decide while the platform runs, and the configuration in force, without its secrets.
import type { FastifyInstance } from 'fastify'
import { maskConfig } from '#src/config.ts'
import { isSuperadmin } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { changeSettings, defaultSettings, REVIEW_RULES, selectChanged, SETTING_NAMES, type Settings } from '#src/platform/settings.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import { Button, DataTable, Facts, Notice } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { asked, FactTable, type ListRequest } from './admin-list.tsx'
import { percentText, readPercent } from './percent.ts'
import { act, ProofField } from './staff-action.tsx'

const BACK = '/admin/settings'
const FIELDS = { '/body/supportEmail': 'supportEmail', '/body/supportWhatsapp': 'supportWhatsapp', '/body/commissionBps': 'commission' }

type SettingsProps = {
  page: PageContext
  settings: Settings
  changed: Partial<Settings>
  facts: AdminFact[]
  config: Record<string, unknown>
  now: Date
}

export async function adminSettingsPages(server: FastifyInstance, app: App): Promise<void> {
  async function load(page: PageContext): Promise<SettingsProps> {
    const [changed, facts] = await Promise.all([selectChanged(app.db), listFacts(app.db, { kind: 'settings.', limit: 20 })])
    const settings = { ...defaultSettings(app.config), ...changed }
    return { page, settings, changed, facts: facts.data, config: maskConfig(app.config), now: app.clock.now() }
  }

  server.get<ListRequest>(BACK, async (request, reply) => {
    const page = pageOf(request)
    const one = await load(page)
    return sendPage(reply, <SettingsScreen {...one} form={formOf(one)} done={asked(request.query, 'done')} />)
  })
  server.post(BACK, async (request, reply) => {
    const resets = (request.body as Record<string, unknown> | undefined)?.decision === 'reset'
    return act(app, request, reply, {
      back: BACK,
      done: resets ? 'settingsReset' : 'settingsChanged',
      fieldOf: FIELDS,
      work: async (form, actor) => {
        if (resets) return changeSettings(app, actor, Object.fromEntries(SETTING_NAMES.map((name) => [name, undefined])))
        const commissionBps = readPercent(form, 'commission', 5000)
        const reviewEvents = form.choice('reviewEvents', REVIEW_RULES)
        if (commissionBps === undefined || !reviewEvents) return undefined
        const wanted: Settings = {
          commissionBps,
          reviewEvents,
          supportEmail: form.text('supportEmail') || null,
          supportWhatsapp: form.text('supportWhatsapp') || null,
        }
        // What stands as it stood is not a decision: it goes on following the environment.
        const { settings } = await load(pageOf(request))
        return changeSettings(
          app,
          actor,
          Object.fromEntries(SETTING_NAMES.filter((name) => wanted[name] !== settings[name]).map((name) => [name, wanted[name]])),
        )
      },
      again: async (page, form) => <SettingsScreen {...await load(page)} form={form} done={undefined} />,
    })
  })
}

function formOf({ settings, page }: SettingsProps): FormState {
  return freshForm({ ...settings, commission: percentText(settings.commissionBps, page.locale) })
}

function SettingsScreen({ page, settings, changed, facts, config, now, form, done }: SettingsProps & { form: FormState; done: string | undefined }) {
  const t = page.t.admin
  const mayChange = isSuperadmin(page.actor)
  return (
    <AdminFrame page={page} title={t.settings} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <p class="lead">{t.settingsHint}</p>
      {mayChange ? (
        <form method="post" action={BACK} class="form" novalidate>
          <TextField form={form} name="commission" label={t.commissionOfAll} hint={t.commissionOfAllHint} inputmode="decimal" size="short" />
          <RadioField
            form={form}
            name="reviewEvents"
            label={t.reviewRule}
            options={REVIEW_RULES.map((rule) => ({ value: rule, label: t.reviewRules[rule], hint: t.reviewRuleHints[rule] }))}
          />
          <TextField form={form} name="supportEmail" type="email" label={t.supportEmail} hint={t.supportHint} autocomplete="off" size="medium" />
          <TextField form={form} name="supportWhatsapp" type="tel" label={t.supportWhatsapp} autocomplete="off" size="medium" />
          <ProofField page={page} form={form} now={now} />
          <div class="actions">
            <Button>{page.t.common.save}</Button>
            {Object.keys(changed).length > 0 && (
              <Button kind="quiet" name="decision" value="reset">
                {t.resetSettings}
              </Button>
            )}
          </div>
        </form>
      ) : (
        <>
          <Notice title={t.superadminOnly} />
          <Facts
            rows={[
              [t.commissionOfAll, percentText(settings.commissionBps, page.locale)],
              [t.reviewRule, t.reviewRules[settings.reviewEvents]],
              [t.supportEmail, settings.supportEmail],
              [t.supportWhatsapp, settings.supportWhatsapp],
            ]}
          />
        </>
      )}
      <section class="stack">
        <h2>{t.whoChanged}</h2>
        <FactTable page={page} facts={facts} caption={t.whoChanged} />
      </section>
      <section class="stack">
        <h2>{t.configuration}</h2>
        <p class="hint">{t.configurationHint}</p>
        <DataTable
          caption={t.configuration}
          rows={Object.entries(config)}
          columns={[
            { label: t.name, cell: ([name]) => <code>{name}</code> },
            { label: t.value, cell: ([, value]) => <span class="small">{valueText(value)}</span> },
          ]}
        />
      </section>
    </AdminFrame>
  )
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return Array.isArray(value) ? value.join(', ') : `${value as string | number | boolean}`
}
