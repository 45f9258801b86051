// How to pay, asked at checkout and again when a payment was refused.
import type { PaymentMethod } from '#src/modules/payments/find-payments.ts'
import { RadioField, TextField } from './fields.tsx'
import type { FormReader, FormState } from './form.ts'
import type { PageContext } from './page.ts'

type Words = PageContext['t']['checkout']

export function methodName(t: Words, provider: string): string {
  return (t.methods as Record<string, string>)[provider] ?? provider
}

/** The choice where there is one, and the number to be asked. */
export function PaymentFields({
  page,
  form,
  methods,
  phoneHint,
}: {
  page: PageContext
  form: FormState
  methods: readonly PaymentMethod[]
  phoneHint?: string
}) {
  const t = page.t.checkout
  const hints: Record<string, string> = t.methodHints
  const only = methods.length === 1 ? methods[0]! : undefined
  return (
    <>
      {only ? (
        <>
          <input type="hidden" name="provider" value={only.provider} />
          <p id="field-provider">
            <strong>{t.payWith(methodName(t, only.provider))}</strong>
            {hints[only.provider] && <span class="hint block">{hints[only.provider]}</span>}
          </p>
        </>
      ) : (
        <RadioField
          form={form}
          name="provider"
          label={t.method}
          options={methods.map(({ provider }) => ({ value: provider, label: methodName(t, provider), hint: hints[provider] }))}
        />
      )}
      <TextField
        form={form}
        name="payerPhone"
        label={t.payerPhone}
        hint={phoneHint}
        optional={phoneHint ? page.t.common.optional : undefined}
        type="tel"
        inputmode="tel"
        autocomplete="tel"
        size="medium"
      />
    </>
  )
}

/** The chosen method, noting what is wrong with the choice. */
export function readProvider(form: FormReader, methods: readonly PaymentMethod[]): string | undefined {
  return form.choice(
    'provider',
    methods.map((method) => method.provider),
  )
}
