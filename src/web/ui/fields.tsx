// Form fields: label, hint, control and error, tied together for screen readers.
import type { ComponentChildren, InputHTMLAttributes } from 'preact'
import { hasErrors, type FormState } from './form.ts'
import type { PageContext } from './page.ts'

type Common = { form: FormState; name: string; label: ComponentChildren; hint?: ComponentChildren | undefined; optional?: string | undefined }

/** The id of a field's control: what the summary of errors links to. */
const idOf = (name: string) => `field-${name}`

function described(form: FormState, name: string, hint: unknown) {
  const ids = [hint ? `${idOf(name)}-hint` : '', form.errors[name] ? `${idOf(name)}-error` : ''].filter(Boolean).join(' ')
  return { id: idOf(name), name, 'aria-describedby': ids || undefined, 'aria-invalid': form.errors[name] ? ('true' as const) : undefined }
}

function Frame({ form, name, label, hint, optional, children }: Common & { children: ComponentChildren }) {
  const error = form.errors[name]
  return (
    <div class={error ? 'field field--wrong' : 'field'}>
      <label for={idOf(name)}>
        {label}
        {optional && <span class="soft"> {optional}</span>}
      </label>
      {hint && (
        <p class="hint" id={`${idOf(name)}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${idOf(name)}-error`}>
          {error}
        </p>
      )}
      {children}
    </div>
  )
}

type InputProps = Common & {
  type?: 'text' | 'email' | 'tel' | 'url' | 'password' | 'number' | 'search' | 'date' | 'datetime-local'
  size?: 'short' | 'medium'
  required?: boolean
  autocomplete?: string
  inputmode?: 'numeric' | 'decimal' | 'tel' | 'email'
  placeholder?: string
  min?: number | string
  max?: number | string
  step?: number | string
  minlength?: number | undefined
  maxlength?: number
  /** Of a password: the words for showing and hiding what is typed (islands/show-password.ts). */
  show?: readonly [show: string, hide: string]
  autocapitalize?: 'none' | 'words'
  spellcheck?: boolean
  /** What a browser may offer while somebody types; anything else may be typed, too. */
  suggestions?: readonly string[]
}

export function TextField({ form, name, label, hint, optional, type = 'text', size, suggestions, show, ...input }: InputProps) {
  // A password is never sent back. Preact's types want a literal `type`, one per kind of input.
  const attributes = {
    type,
    value: type === 'password' ? undefined : form.values[name],
    list: suggestions && `${idOf(name)}-suggestions`,
    ...(show ? { 'data-show': show[0], 'data-hide': show[1] } : {}),
    ...input,
  } as InputHTMLAttributes
  return (
    <Frame {...{ form, name, label, hint, optional }}>
      <input class={size ? `input input--${size}` : 'input'} {...described(form, name, hint)} {...attributes} />
      {suggestions && (
        <datalist id={`${idOf(name)}-suggestions`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </Frame>
  )
}

export function TextArea({ form, name, label, hint, optional, rows = 6, maxlength }: Common & { rows?: number; maxlength?: number }) {
  return (
    <Frame {...{ form, name, label, hint, optional }}>
      <textarea class="input" rows={rows} maxlength={maxlength} {...described(form, name, hint)} value={form.values[name] ?? ''} />
    </Frame>
  )
}

/** A file to send; its form needs `enctype="multipart/form-data"`. @param accept the media types that are taken */
export function FileField({ form, name, label, hint, optional, accept, required }: Common & { accept: string; required?: boolean }) {
  return (
    <Frame {...{ form, name, label, hint, optional }}>
      <input class="input" type="file" accept={accept} required={required} {...described(form, name, hint)} />
    </Frame>
  )
}

export type Option = readonly [value: string, label: string]

export function SelectField({
  form,
  name,
  label,
  hint,
  optional,
  options,
  required,
  size,
}: Common & { options: readonly Option[]; required?: boolean; size?: 'short' | 'medium' }) {
  return (
    <Frame {...{ form, name, label, hint, optional }}>
      <select class={size ? `input input--${size}` : 'input'} required={required} {...described(form, name, hint)}>
        {options.map(([value, text]) => (
          <option key={value} value={value} selected={(form.values[name] ?? '') === value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  )
}

export function CheckField({ form, name, label, hint }: Common) {
  const error = form.errors[name]
  return (
    <div class={error ? 'field check field--wrong' : 'field check'}>
      <input type="checkbox" value="on" checked={Boolean(form.values[name]) && form.values[name] !== 'off'} {...described(form, name, hint)} />
      <div>
        <label for={idOf(name)}>{label}</label>
        {hint && (
          <p class="hint" id={`${idOf(name)}-hint`}>
            {hint}
          </p>
        )}
        {error && (
          <p class="field-error" id={`${idOf(name)}-error`}>
            {error}
          </p>
        )}
      </div>
    </div>
  )
}

export type RadioOption = { value: string; label: ComponentChildren; hint?: ComponentChildren }

/** One of a few; the first is taken where nothing was chosen. */
export function RadioField({ form, name, label, options }: Common & { options: readonly RadioOption[] }) {
  const error = form.errors[name]
  const chosen = form.values[name] ?? options[0]?.value
  return (
    <fieldset class={error ? 'field field--wrong' : 'field'} aria-describedby={error ? `${idOf(name)}-error` : undefined}>
      <legend>{label}</legend>
      {error && (
        <p class="field-error" id={`${idOf(name)}-error`}>
          {error}
        </p>
      )}
      {options.map((option, index) => (
        <label key={option.value} class="choice">
          <input type="radio" name={name} id={index === 0 ? idOf(name) : undefined} value={option.value} checked={option.value === chosen} />
          <span>
            <span class="choice-label">{option.label}</span>
            {option.hint && <span class="hint">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** What must be corrected, at the top, each line leading to its field. Nothing where all is well. */
export function ErrorSummary({
  page,
  form,
  labels = {},
  specimen = false,
}: {
  page: PageContext
  form: FormState
  /** What the fields are called, where a sentence alone would not say. */ labels?: Readonly<Record<string, string>>
  /** Only shown, on the page of the components: it draws nobody's attention. */ specimen?: boolean
}) {
  if (!hasErrors(form)) return null
  return (
    // It may stand far down, in the form that it belongs to: without a script, only the focus brings it into view.
    <div class="notice notice--bad" role="alert" tabIndex={-1} autofocus={!specimen} id="errors">
      <h2 class="notice-title">{page.t.common.errorSummary}</h2>
      <ul>
        {form.refusal && <li>{form.refusal}</li>}
        {Object.entries(form.errors).map(([name, sentence]) => (
          <li key={name}>
            <a href={`#${idOf(name)}`}>{labels[name] ? page.t.common.about(labels[name], sentence) : sentence}</a>
          </li>
        ))}
      </ul>
    </div>
  )
}
