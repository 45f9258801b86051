// A password: what may be typed, whether it is a new one or the present one, and words for the script that shows it.
import { TextField } from './fields.tsx'
import type { FormState } from './form.ts'
import type { PageContext } from './page.ts'

type PasswordFieldProps = { page: PageContext; form: FormState; name: string; label: string; /** Being chosen, not proven. */ fresh?: boolean }

/** The page brings `islands/show-password.ts`. */
export function PasswordField({ page, form, name, label, fresh = false }: PasswordFieldProps) {
  const t = page.t.account
  return (
    <TextField
      form={form}
      name={name}
      label={label}
      hint={fresh ? t.register.passwordHint : undefined}
      type="password"
      autocomplete={fresh ? 'new-password' : 'current-password'}
      minlength={fresh ? 8 : undefined}
      required
      maxlength={1024}
      show={[t.showPassword, t.hidePassword]}
    />
  )
}
