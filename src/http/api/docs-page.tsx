// The API's description as a page to read: no script, no CDN, one small style sheet.
import type { ComponentChildren } from 'preact'

export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  additionalProperties?: boolean | Schema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  default?: unknown
}
type Content = Record<string, { schema?: Schema }>
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema }
type Operation = {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
}
export type ApiDescription = {
  info: { title: string; version: string; summary?: string; description?: string }
  tags?: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

type Entry = { method: string; path: string; operation: Operation }

export function DocsPage({ api }: { api: ApiDescription }) {
  const entries: Entry[] = Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  )
  const described = api.tags ?? []
  const names = [...new Set([...described.map((tag) => tag.name), ...entries.map((entry) => entry.operation.tags?.[0] ?? 'Other')])]
  const groups = names
    .map((name) => ({
      name,
      about: described.find((tag) => tag.name === name)?.description,
      entries: entries.filter((entry) => (entry.operation.tags?.[0] ?? 'Other') === name),
    }))
    .filter((group) => group.entries.length > 0)
  const schemas = Object.entries(api.components?.schemas ?? {})
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${api.info.title} API ${api.info.version}`}</title>
        <link rel="stylesheet" href="/api/docs.css" />
      </head>
      <body>
        <a class="skip" href="#operations">
          Skip to the operations
        </a>
        <header>
          <h1>
            {api.info.title} API <small>{api.info.version}</small>
          </h1>
          <p>{inline(api.info.description ?? '')}</p>
          <p>
            <a href="/api/v1/openapi.json">OpenAPI 3.1 description (JSON)</a>
          </p>
        </header>
        <nav aria-label="Operations">
          {groups.map((group) => (
            <details key={group.name}>
              <summary>{group.name}</summary>
              <ul>
                {group.entries.map((entry) => (
                  <li key={anchorOf(entry)}>
                    <a href={`#${anchorOf(entry)}`}>{entry.operation.summary ?? entry.path}</a>
                  </li>
                ))}
              </ul>
            </details>
          ))}
          {schemas.length > 0 && <a href="#schemas">Schemas</a>}
        </nav>
        <main id="operations">
          {groups.map((group) => (
            <section key={group.name}>
              <h2>{group.name}</h2>
              {group.about && <p>{inline(group.about)}</p>}
              {group.entries.map((entry) => (
                <OperationView key={anchorOf(entry)} entry={entry} />
              ))}
            </section>
          ))}
          {schemas.length > 0 && (
            <section id="schemas">
              <h2>Schemas</h2>
              {schemas.map(([name, schema]) => (
                <article key={name} id={`schema-${name}`}>
                  <h3>{name}</h3>
                  {schema.description && <p>{inline(schema.description)}</p>}
                  <SchemaView schema={schema} />
                </article>
              ))}
            </section>
          )}
        </main>
      </body>
    </html>
  )
}

const anchorOf = ({ method, path, operation }: Entry) => operation.operationId ?? `${method}-${path.replaceAll(/[^a-zA-Z0-9]+/g, '-')}`

function OperationView({ entry }: { entry: Entry }) {
  const { method, path, operation } = entry
  const parameters = operation.parameters ?? []
  return (
    <article id={anchorOf(entry)}>
      <h3>
        <span class={`method ${method}`}>{method.toUpperCase()}</span> <code>{path}</code>
      </h3>
      {operation.summary && <p class="summary">{operation.summary}</p>}
      {operation.description && <p>{inline(operation.description)}</p>}
      {parameters.length > 0 && (
        <Part title="Parameters">
          <dl>
            {parameters.map((parameter) => (
              <Field
                key={`${parameter.in} ${parameter.name}`}
                name={parameter.name}
                required={parameter.required === true}
                schema={parameter.schema}
                note={`in ${parameter.in}${parameter.description ? `; ${parameter.description}` : ''}`}
              />
            ))}
          </dl>
        </Part>
      )}
      {operation.requestBody && (
        <Part title="Body">
          <ContentView content={operation.requestBody.content} />
        </Part>
      )}
      {Object.entries(operation.responses)
        .filter(([status]) => !/^[45]/.test(status))
        .map(([status, response]) => (
          <Part key={status} title={`Answer ${status}`}>
            {response.description !== 'Default Response' && <p>{inline(response.description)}</p>}
            {response.content && <ContentView content={response.content} />}
          </Part>
        ))}
    </article>
  )
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <details class="part" open={title !== 'Parameters'}>
      <summary>{title}</summary>
      {children}
    </details>
  )
}

function ContentView({ content }: { content: Content }) {
  return (
    <>
      {Object.entries(content).map(([type, { schema }]) => (
        <div key={type}>
          {type !== 'application/json' && (
            <p>
              <code>{type}</code>
            </p>
          )}
          {schema && <SchemaView schema={schema} />}
        </div>
      ))}
    </>
  )
}

/** The fields of an object, or of what a list holds; a named schema is a link. */
function SchemaView({ schema }: { schema: Schema }) {
  if (schema.$ref)
    return (
      <p>
        <SchemaLink target={schema.$ref} />
      </p>
    )
  if (schema.items)
    return (
      <>
        <p>a list of</p>
        <SchemaView schema={schema.items} />
      </>
    )
  const choices = schema.anyOf ?? schema.allOf
  if (choices && !schema.properties)
    return (
      <>
        {choices.map((choice, i) => (
          <SchemaView key={i} schema={choice} />
        ))}
      </>
    )
  if (!schema.properties)
    return (
      <p>
        <TypeName schema={schema} />
      </p>
    )
  return (
    <dl>
      {Object.entries(schema.properties).map(([name, field]) => (
        <Field key={name} name={name} schema={field} required={schema.required?.includes(name) ?? false} note={field.description ?? ''} />
      ))}
    </dl>
  )
}

function Field({ name, schema, required, note }: { name: string; schema: Schema; required: boolean; note: string }) {
  const inner = [schema, schema.items, ...(schema.anyOf ?? [])].find((candidate) => candidate?.properties)
  return (
    <>
      <dt>
        <code>{name}</code>
        {required ? '' : ' (optional)'}
      </dt>
      <dd>
        <TypeName schema={schema} />
        {note && <> {inline(note)}</>}
        {inner && <SchemaView schema={inner} />}
      </dd>
    </>
  )
}

function TypeName({ schema }: { schema: Schema }): ComponentChildren {
  if (schema.$ref) return <SchemaLink target={schema.$ref} />
  if (schema.const !== undefined) return <code>{JSON.stringify(schema.const)}</code>
  if (schema.enum)
    return (
      <>
        {schema.enum.map((value, i) => (
          <>
            {i > 0 && ' | '}
            <code>{JSON.stringify(value)}</code>
          </>
        ))}
      </>
    )
  if (schema.anyOf)
    return (
      <>
        {schema.anyOf.map((choice, i) => (
          <>
            {i > 0 && ' | '}
            <TypeName schema={choice} />
          </>
        ))}
      </>
    )
  if (schema.items)
    return (
      <>
        list of <TypeName schema={schema.items} />
      </>
    )
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'anything')
  const limits = [
    schema.format,
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    schema.default !== undefined && `${JSON.stringify(schema.default)} if left out`,
  ].filter(Boolean)
  return (
    <span class="type">
      {type}
      {limits.length > 0 && ` (${limits.join(', ')})`}
    </span>
  )
}

function range(from: number | undefined, to: number | undefined, unit: string): string | undefined {
  if (from !== undefined && to !== undefined) return `${from} to ${to}${unit}`
  if (from !== undefined) return `at least ${from}${unit}`
  return to === undefined ? undefined : `at most ${to}${unit}`
}

function SchemaLink({ target }: { target: string }) {
  const name = target.split('/').at(-1) ?? target
  return <a href={`#schema-${name}`}>{name}</a>
}

/** Text in which `…` is code. */
function inline(text: string): ComponentChildren {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))
}
