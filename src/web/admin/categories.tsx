// /admin/categories: what events are sorted by, in every language, in the order in which people see it.
import type { FastifyInstance } from 'fastify'
import { LOCALES, messages, textIn } from '#src/locales/locale.ts'
import {
  createCategory,
  deleteCategory,
  listKeptCategories,
  mergeCategory,
  moveCategory,
  renameCategory,
  type CategoryRow,
} from '#src/modules/events/keep-categories.ts'
import type { App } from '#src/platform/app.ts'
import { Button, DataTable } from '../ui/components.tsx'
import { ErrorSummary, SelectField, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, type FormReader, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { asked, type ListRequest, type Query } from './admin-list.tsx'
import { act } from './staff-action.tsx'

type CategoryRequest = { Params: { slug: string }; Querystring: Query }

const BACK = '/admin/categories'
/** Refusals name the language: `/body/names/en` is the field `names-en`. */
const namesOf = (form: FormReader) => Object.fromEntries(LOCALES.map((locale) => [locale, form.text(`names-${locale}`)]))

export async function adminCategoryPages(server: FastifyInstance, app: App): Promise<void> {
  async function list(page: PageContext, form: FormState, done?: string) {
    return <Categories page={page} categories={await listKeptCategories(app, page.actor)} form={form} done={done} />
  }
  server.get<ListRequest>(BACK, async (request, reply) => sendPage(reply, await list(pageOf(request), emptyForm, asked(request.query, 'done'))))
  server.post(BACK, async (request, reply) =>
    act(app, request, reply, {
      back: BACK,
      done: 'categoryCreated',
      work: (form, actor) => createCategory(app, actor, { names: namesOf(form) }),
      again: (page, form) => list(page, form),
    }),
  )

  async function load(page: PageContext, slug: string) {
    const categories = await listKeptCategories(app, page.actor)
    const category = categories.find((one) => one.slug === slug)
    if (!category) throw kernelError('not_found')
    return { page, category, categories }
  }
  server.get<CategoryRequest>('/admin/categories/:slug', async (request, reply) => {
    const page = pageOf(request)
    return sendPage(reply, <OneCategory {...await load(page, request.params.slug)} form={emptyForm} done={asked(request.query, 'done')} />)
  })
  const again = (slug: string) => async (page: PageContext, form: FormState) => (
    <OneCategory {...await load(page, slug)} form={form} done={undefined} />
  )

  server.post<CategoryRequest>('/admin/categories/:slug', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `${BACK}/${slug}`,
      done: 'categoryRenamed',
      work: (form, actor) => renameCategory(app, actor, { slug, names: namesOf(form) }),
      again: again(slug),
    })
  })
  for (const [name, by] of [
    ['up', -1],
    ['down', 1],
  ] as const) {
    server.post<CategoryRequest>(`/admin/categories/:slug/${name}`, async (request, reply) =>
      act(app, request, reply, {
        back: BACK,
        done: 'categoryMoved',
        work: (_form, actor) => moveCategory(app, actor, { slug: request.params.slug, by }),
        again: (page, form) => list(page, form),
      }),
    )
  }
  server.post<CategoryRequest>('/admin/categories/:slug/merge', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `${BACK}/${slug}`,
      to: BACK,
      done: 'categoryMerged',
      work: async (form, actor) => {
        const into = form.required('into', 100)
        if (into) await mergeCategory(app, actor, { slug, into })
      },
      again: again(slug),
    })
  })
  server.post<CategoryRequest>('/admin/categories/:slug/delete', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `${BACK}/${slug}`,
      to: BACK,
      done: 'categoryDeleted',
      work: (_form, actor) => deleteCategory(app, actor, { slug }),
      again: again(slug),
    })
  })
}

type CategoriesProps = { page: PageContext; categories: CategoryRow[]; form: FormState; done: string | undefined }

function Categories({ page, categories, form, done }: CategoriesProps) {
  const t = page.t.admin
  return (
    <AdminFrame page={page} title={t.categories} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} labels={languageLabels()} />
      <DataTable
        caption={t.categories}
        rows={categories}
        columns={[
          { label: t.name, cell: (category) => <a href={`${BACK}/${category.slug}`}>{textIn(category.names, page.locale)}</a> },
          {
            label: t.languages,
            minor: true,
            cell: (category) => LOCALES.filter((locale) => category.names[locale]).join(', '),
          },
          { label: t.eventCount, numeric: true, cell: (category) => formatNumber(category.events, page.locale) },
          {
            label: t.position,
            cell: (category) => <Move page={page} category={category} at={categories.indexOf(category)} of={categories.length} />,
          },
        ]}
      />
      <section class="stack">
        <h2>{t.newCategory}</h2>
        <form method="post" action={BACK} class="form" novalidate>
          <Names form={form} names={{}} />
          <Button>{t.addCategory}</Button>
        </form>
      </section>
    </AdminFrame>
  )
}

function Move({ page, category, at, of }: { page: PageContext; category: CategoryRow; at: number; of: number }) {
  const t = page.t.admin
  const name = textIn(category.names, page.locale)
  return (
    <div class="row">
      {at > 0 && (
        <form method="post" action={`${BACK}/${category.slug}/up`}>
          <Button kind="quiet">
            {t.up} <span class="visually-hidden">{name}</span>
          </Button>
        </form>
      )}
      {at < of - 1 && (
        <form method="post" action={`${BACK}/${category.slug}/down`}>
          <Button kind="quiet">
            {t.down} <span class="visually-hidden">{name}</span>
          </Button>
        </form>
      )}
    </div>
  )
}

const languageLabels = () => Object.fromEntries(LOCALES.map((locale) => [`names-${locale}`, messages(locale).common.languageName]))

/** A field per language, named in that language. */
function Names({ form, names }: { form: FormState; names: Readonly<Record<string, string>> }) {
  const known = Object.fromEntries(LOCALES.map((locale) => [`names-${locale}`, names[locale] ?? '']))
  return (
    <>
      {LOCALES.map((locale) => (
        <TextField
          key={locale}
          form={{ ...form, values: { ...known, ...form.values } }}
          name={`names-${locale}`}
          label={<span lang={locale}>{messages(locale).common.languageName}</span>}
          maxlength={60}
          size="medium"
        />
      ))}
    </>
  )
}

type OneCategoryProps = { page: PageContext; category: CategoryRow; categories: CategoryRow[]; form: FormState; done: string | undefined }

function OneCategory({ page, category, categories, form, done }: OneCategoryProps) {
  const t = page.t.admin
  const path = `${BACK}/${category.slug}`
  const name = textIn(category.names, page.locale)
  const events = formatNumber(category.events, page.locale)
  return (
    <AdminFrame page={page} title={name} under={[BACK, t.categories]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} labels={languageLabels()} />
      <form method="post" action={path} class="form" novalidate>
        <Names form={form} names={category.names} />
        <Button>{page.t.common.save}</Button>
      </form>
      {category.events > 0 ? (
        <section class="stack">
          <h2>{t.merge}</h2>
          <form method="post" action={`${path}/merge`} class="form" novalidate>
            <p>{t.mergeHint(category.events, events, name)}</p>
            <SelectField
              form={form}
              name="into"
              label={t.mergeInto}
              size="medium"
              options={[
                ['', page.t.organizer.choose],
                ...categories.filter(({ id }) => id !== category.id).map(({ slug, names }) => [slug, textIn(names, page.locale)] as const),
              ]}
            />
            <Button kind="danger">{t.merge}</Button>
          </form>
        </section>
      ) : (
        <section class="stack">
          <h2>{t.removeCategory}</h2>
          <form method="post" action={`${path}/delete`} class="form">
            <p>{t.removeCategoryHint}</p>
            <Button kind="danger">{t.removeCategory}</Button>
          </form>
        </section>
      )}
    </AdminFrame>
  )
}
