import './scratch-instr.mjs'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { fakePayables, payFor } from '#test/fake-payable.ts'
import { openStage } from './stage.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
const stage = await openStage()
try {
  const fakes = fakePayables(); fakes.install(stage.app as never)
  const first = await fakes.build(stage.app as never)
  for (let round = 0; round < 60; round++) {
    const ps = await Promise.all(Array.from({ length: 512 }, () => fakes.build(stage.app as never, { organizer: first.organizer })))
    const started = await Promise.all(ps.map((p) => payFor(stage.app as never, p)))
    const ids = started.map((s) => s.id)
    await stage.app.db.updateTable('simulatorPayment').set((eb) => ({ status: 'approved', transaction: eb.cast<string>('id', 'text') })).where('id', 'in', ids).execute()
    await settlePayments(stage.app, ids)
  }
} finally { await stage.close() }
