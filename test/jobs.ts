// The worker by hand: everything that is due, done now, in this very test.
import { Logger, runOnce } from 'graphile-worker'
import { notificationsSubscriptions } from '#src/modules/notifications/subscribers.ts'
import { dispatchFacts } from '#src/worker/dispatch-facts.ts'
import { taskList, type WorkerApp } from '#src/worker/runner.ts'

const silent = new Logger(() => () => {})

/** Turns facts into jobs and runs the jobs that are due, until neither is left. Failed jobs wait for their retry, as they would. */
export async function workOff(app: WorkerApp): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    while (await dispatchFacts(app, 'notifications', notificationsSubscriptions) > 0);
    const { rows } = await app.ownerPool.query<{ due: number }>(
      `SELECT count(*)::integer AS due FROM graphile_worker.jobs WHERE run_at <= now() AND attempts < max_attempts AND locked_at IS NULL`)
    if (rows[0]!.due === 0) return
    await runOnce({ pgPool: app.ownerPool, taskList: taskList(app), noHandleSignals: true, logger: silent })
  }
}
