// /organizer/settings: how an organizer presents itself to the public: name, words, ways to reach it, logo, colour.
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { leads } from '#src/kernel/actor.ts'
import { parseHex } from '#src/kernel/colour.ts'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { presentOrganizer } from '#src/modules/events/present-organizer.ts'
import { removeLogo, setLogo } from '#src/modules/identity/change-profile.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { getOwnOrganizer, listOwnOrganizers } from '#src/modules/identity/find-organizers.ts'
import { COUNTRIES, type Organizer } from '#src/modules/identity/organizer.ts'
import { MAX_PHOTO_BYTES, photoAddress } from '#src/modules/identity/photo.ts'
import { MAX_PROFILE_DESCRIPTION, MAX_PROFILE_NAME, type Profile } from '#src/modules/identity/profile.ts'
import type { App } from '#src/platform/app.ts'
import { hasShownItself } from '#src/reads/public-organizer.ts'
import { statusOf } from '../error-page.tsx'
import { accentOf, isAdjusted, type Shade } from '../ui/accent.ts'
import { Button, Notice, PostButton, Tabs, Trail } from '../ui/components.tsx'
import { ErrorSummary, RadioField, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { readUpload } from '../ui/upload.ts'
import { countryName } from './choices.ts'

type OrganizerRequest = { Params: { organizer: string } }

function profilePath(organizer: { slug: string }, ...rest: string[]): string {
  return ['/organizer/settings', organizer.slug, ...rest].join('/')
}

export async function organizerSettingsPages(server: FastifyInstance, app: App): Promise<void> {
  server.get('/organizer/settings', async (request, reply) => {
    const led = await listLed(app, request.actor)
    if (led.length > 0) return reply.redirect(profilePath(led[0]!), 303)
    if (requireAccount(request.actor).memberships.length === 0) return reply.redirect('/account/organizer', 303)
    throw kernelError('forbidden')
  })

  async function load(actor: PageContext['actor'], slug: string) {
    const organizer = await getOwnOrganizer(app, requireAccount(actor), slug)
    const [led, hasPage] = await Promise.all([listLed(app, actor), hasShownItself(app, slug)])
    return { organizer, led, hasPage }
  }

  server.get<OrganizerRequest>('/organizer/settings/:organizer', async (request, reply) => {
    const page = pageOf(request)
    const scene = await load(request.actor, request.params.organizer)
    const saved = new URLSearchParams(page.query).has('saved')
    return sendPage(reply, <ProfilePage page={page} {...scene} form={formOf(scene.organizer)} saved={saved} />)
  })

  server.post<OrganizerRequest>('/organizer/settings/:organizer', async (request, reply) => {
    const page = pageOf(request, profilePath({ slug: request.params.organizer }))
    const scene = await load(request.actor, request.params.organizer)
    const form = readForm(page, request.body)
    const again = (state: FormState, status: number) => sendPage(reply, <ProfilePage page={page} {...scene} form={state} />, { status })
    try {
      await presentOrganizer(app, request.actor, scene.organizer.slug, readFields(form))
      return reply.redirect(`${profilePath(scene.organizer)}?saved`, 303)
    } catch (error) {
      return again(refusedForm(page, form, error), statusOf(error))
    }
  })

  await server.register(async (scope) => {
    // Only here does a page of this part take a file.
    await scope.register(multipart, { limits: { fileSize: MAX_PHOTO_BYTES, files: 1, fields: 0, parts: 1 } })
    scope.post<OrganizerRequest>('/organizer/settings/:organizer/logo', { bodyLimit: MAX_PHOTO_BYTES + 10_000 }, async (request, reply) => {
      const page = pageOf(request, profilePath({ slug: request.params.organizer }))
      const scene = await load(request.actor, request.params.organizer)
      try {
        await setLogo(app, request.actor, scene.organizer.slug, await readUpload(request))
        return reply.redirect(`${profilePath(scene.organizer)}?saved#logo`, 303)
      } catch (error) {
        const code = isDomainError(error) ? error.code : undefined
        if (!code || code === 'not_found' || code === 'forbidden') throw error
        const logo = { ...emptyForm, errors: { logo: errorMessage(page.locale, code) } }
        return sendPage(reply, <ProfilePage page={page} {...scene} form={formOf(scene.organizer)} logo={logo} />, { status: 422 })
      }
    })
  })

  server.post<OrganizerRequest>('/organizer/settings/:organizer/logo/remove', async (request, reply) => {
    const organizer = await removeLogo(app, requireAccount(request.actor), request.params.organizer)
    return reply.redirect(`${profilePath(organizer)}?saved#logo`, 303)
  })
}

async function listLed(app: App, actor: PageContext['actor']): Promise<Organizer[]> {
  return (await listOwnOrganizers(app, requireAccount(actor))).filter(leads)
}

const COLOURS = ['ours', 'own'] as const
/** What a browser's colour field shows where nothing was chosen: it can't be empty. */
const FIRST_COLOUR = '#1f6feb'

function formOf({ name, description, country, website, facebook, instagram, whatsapp, accent }: Organizer): FormState {
  const colour = { colours: accent ? 'own' : 'ours', accent: accent ?? FIRST_COLOUR }
  return freshForm({ name, description, country, website, facebook, instagram, whatsapp, ...colour })
}

/** What was typed; the verb judges it. */
function readFields(form: FormReader): Profile {
  const orNull = (name: string) => form.text(name) || null
  return {
    name: form.text('name'),
    description: form.text('description'),
    country: form.text('country'),
    website: orNull('website'),
    facebook: orNull('facebook'),
    instagram: orNull('instagram'),
    whatsapp: orNull('whatsapp'),
    accent: form.text('colours') === 'own' ? orNull('accent') : null,
  }
}

type ProfileProps = {
  page: PageContext
  organizer: Organizer
  led: readonly Organizer[]
  /** Whether the public has a page of it to see. */ hasPage: boolean
  form: FormState
  logo?: FormState
  saved?: boolean
}

function ProfilePage({ page, organizer, led, hasPage, form, logo = emptyForm, saved }: ProfileProps) {
  const t = page.t.settings
  const { optional } = page.t.common
  const labels = {
    name: t.publicName,
    description: t.about,
    country: t.country,
    website: t.website,
    facebook: t.facebook,
    instagram: t.instagram,
    whatsapp: t.whatsapp,
    accent: t.accent,
  }
  const link = { form, type: 'url', optional, maxlength: 300 } as const
  return (
    <Layout page={page} title={t.profileOf(organizer.name)} noindex failed={hasErrors(form) || hasErrors(logo)}>
      <Trail label={page.t.common.back} steps={[['/organizer', page.t.organizer.myEvents]]} />
      <h1>{t.profile}</h1>
      {led.length > 1 && (
        <Tabs label={page.t.organizer.organizer} tabs={led.map((each) => [profilePath(each), each.name] as const)} here={profilePath(organizer)} />
      )}
      <p class="lead">{t.profileHint}</p>
      {saved && <Notice tone="good" title={t.saved} />}
      <ErrorSummary page={page} form={form} labels={labels} />
      <ErrorSummary page={page} form={logo} labels={{ logo: t.logo }} />
      {hasPage && (
        <p>
          <a href={`/organizers/${organizer.slug}`}>{t.seePage}</a>
        </p>
      )}
      <form class="form" method="post" action={profilePath(organizer)} novalidate>
        <TextField form={form} name="name" label={t.publicName} autocomplete="organization" required maxlength={MAX_PROFILE_NAME} />
        <TextArea
          form={form}
          name="description"
          label={t.about}
          hint={t.aboutHint}
          optional={optional}
          rows={4}
          maxlength={MAX_PROFILE_DESCRIPTION}
        />
        <SelectField
          form={form}
          name="country"
          label={t.country}
          hint={t.countryHint}
          size="medium"
          options={COUNTRIES.map((code) => [code, countryName(code, page.locale)] as const)}
        />
        <fieldset class="group">
          <legend class="legend">{t.contact}</legend>
          <TextField
            form={form}
            name="whatsapp"
            label={t.whatsapp}
            hint={t.whatsappHint}
            optional={optional}
            type="tel"
            inputmode="tel"
            size="medium"
          />
          <TextField {...link} name="website" label={t.website} hint={t.addressHint} />
          <TextField {...link} name="facebook" label={t.facebook} />
          <TextField {...link} name="instagram" label={t.instagram} />
        </fieldset>
        <fieldset class="group">
          <legend class="legend">{t.accent}</legend>
          <RadioField
            form={form}
            name="colours"
            label={t.colours}
            options={COLOURS.map((value) => ({ value, label: t.colourChoices[value], hint: value === 'own' ? t.accentHint : undefined }))}
          />
          <div class={form.errors.accent ? 'field field--wrong' : 'field'}>
            <label for="field-accent">{t.accentPicker}</label>
            {form.errors.accent && (
              <p class="field-error" id="field-accent-error">
                {form.errors.accent}
              </p>
            )}
            <input
              class="input input--short"
              id="field-accent"
              type="color"
              name="accent"
              value={parseHex(form.values.accent ?? '') ?? FIRST_COLOUR}
              aria-describedby={form.errors.accent ? 'field-accent-error' : undefined}
            />
          </div>
          {organizer.accent && <AccentPreview page={page} accent={organizer.accent} />}
        </fieldset>
        <Button>{page.t.common.save}</Button>
      </form>
      <Logo page={page} organizer={organizer} form={logo} />
    </Layout>
  )
}

/** How the colour comes out on our two grounds; as attributes of a drawing, since pages carry no inline styles. */
function AccentPreview({ page, accent }: { page: PageContext; accent: string }) {
  const t = page.t.settings
  const shades = accentOf(accent)
  const sample = ({ shade, tint }: Shade, ground: string, x: number) => (
    <g transform={`translate(${x} 0)`}>
      <rect width="150" height="72" fill={ground} />
      <rect x="12" y="42" width="126" height="18" rx="9" fill={tint} />
      <text x="12" y="30" font-size="18" font-weight="700" fill={shade}>
        Aa
      </text>
      <text x="48" y="30" font-size="13" fill={shade}>
        {shade}
      </text>
    </g>
  )
  return (
    <div class="stack">
      <svg class="accent-preview" viewBox="0 0 300 72" width="300" height="72" role="img" aria-label={t.accentPreview}>
        {sample(shades.light, '#fcf9f3', 0)}
        {sample(shades.dark, '#13151d', 150)}
      </svg>
      {isAdjusted(accent, shades) && <p class="hint">{t.accentAdjusted(accent, shades.light.shade, shades.dark.shade)}</p>}
    </div>
  )
}

function Logo({ page, organizer, form }: { page: PageContext; organizer: Organizer; form: FormState }) {
  const t = page.t.settings
  return (
    <section class="group" id="logo" aria-labelledby="logo-title">
      <h2 id="logo-title">{t.logo}</h2>
      {organizer.logoId && <img class="logo" src={photoAddress(organizer.logoId)} width="96" height="96" alt={t.logoOf(organizer.name)} />}
      <form class="form" method="post" action={profilePath(organizer, 'logo')} enctype="multipart/form-data">
        <div class={form.errors.logo ? 'field field--wrong' : 'field'}>
          <label for="field-logo">{organizer.logoId ? t.replaceLogo : t.addLogo}</label>
          <p class="hint" id="field-logo-hint">
            {t.logoHint}
          </p>
          {form.errors.logo && (
            <p class="field-error" id="field-logo-error">
              {form.errors.logo}
            </p>
          )}
          <input
            class="input"
            id="field-logo"
            type="file"
            name="logo"
            accept="image/jpeg,image/png,image/webp,image/avif"
            required
            aria-describedby={form.errors.logo ? 'field-logo-hint field-logo-error' : 'field-logo-hint'}
          />
        </div>
        <Button kind="secondary">{t.sendLogo}</Button>
      </form>
      {organizer.logoId && (
        <PostButton kind="quiet" action={profilePath(organizer, 'logo', 'remove')}>
          {t.removeLogo}
        </PostButton>
      )}
    </section>
  )
}
