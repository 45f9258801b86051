// Every decision of staff: a form that is read, the password once more where the decision wants it, the verb, and back.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { hasRecentProof, type Actor } from '#src/kernel/actor.ts'
import { provePassword } from '#src/modules/identity/prove-password.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { TextField } from '../ui/fields.tsx'
import { readForm, refusedForm, type FieldOfCode, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'

export type StaffAction = {
  /** The page that the form stands on, and where to go afterwards. */
  back: string
  /** What to say there: a name of `admin.done`. */
  done: string
  /** Where it leads instead, once it is done. */
  to?: string
  fieldOf?: FieldOfCode
  /** Reads the form and calls the verb; what it `fail`s is shown beside the field. */
  work(form: FormReader, actor: Actor): Promise<unknown>
  /** The page again, with what was typed and what is wrong with it. */
  again(page: PageContext, form: FormState): VNode | Promise<VNode>
}

export async function act(app: App, request: FastifyRequest, reply: FastifyReply, action: StaffAction): Promise<FastifyReply> {
  const page = pageOf(request, action.back)
  const form = readForm(page, request.body)
  try {
    await action.work(form, await withProof(app, request.actor, form.text('password')))
    if (form.failed()) return sendPage(reply, await action.again(page, form.state()), { status: 422 })
    return reply.redirect(`${action.to ?? action.back}?done=${action.done}`, 303)
  } catch (error) {
    const fieldOf = { password_needed: 'password', '/body/currentPassword': 'password', ...action.fieldOf }
    const state = refusedForm(page, form, error, fieldOf)
    return sendPage(reply, await action.again(page, state), { status: statusOf(error) })
  }
}

/** The actor with a new proof, where one is given and needed. */
async function withProof(app: App, actor: Actor, password: string): Promise<Actor> {
  if (password === '' || actor.kind !== 'account' || hasRecentProof(actor, app.clock.now())) return actor
  return provePassword(app, actor, password)
}

/** Asks for the password where it was not proven within the last minutes. */
export function ProofField({ page, form, now }: { page: PageContext; form: FormState; now: Date }) {
  const t = page.t.admin
  if (hasRecentProof(page.actor, now)) return null
  return (
    <TextField form={form} name="password" type="password" label={t.password} hint={t.passwordHint} autocomplete="current-password" size="medium" />
  )
}
