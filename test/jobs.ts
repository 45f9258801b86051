// The worker by hand: everything that is due, done now, in this very test.
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, runOnce } from 'graphile-worker'
import { notificationsSubscriptions } from '#src/modules/notifications/subscribers.ts'
import type { Subscriptions } from '#src/platform/facts.ts'
import { dispatchFacts } from '#src/worker/dispatch-facts.ts'
import { taskList, type WorkerApp } from '#src/worker/runner.ts'

const silent = new Logger(() => () => {})

/**
 * Reads every fact that is committed by now. One turn may not do: a fact waits while any older transaction of the whole server runs, those of
 * tests in other databases included.
 */
export async function dispatchAll(app: WorkerApp, subscriber: string, subscriptions: Subscriptions): Promise<void> {
  for (;;) {
    while ((await dispatchFacts(app, subscriber, subscriptions)) > 0);
    const { rowCount } = await app.ownerPool.query(
      `
      SELECT FROM fact f WHERE NOT EXISTS (SELECT FROM fact_cursor c WHERE c.subscriber = $1 AND (c.xid, c.id) >= (f.xid, f.id)) LIMIT 1`,
      [subscriber],
    )
    if (rowCount === 0) return
    await sleep(10)
  }
}

/** Turns facts into jobs and runs the jobs that are due, until neither is left. Failed jobs wait for their retry, as they would. */
export async function workOff(app: WorkerApp): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await dispatchAll(app, 'notifications', notificationsSubscriptions)
    const { rows } = await app.ownerPool.query<{ due: number }>(
      `SELECT count(*)::integer AS due FROM graphile_worker.jobs WHERE run_at <= now() AND attempts < max_attempts AND locked_at IS NULL`,
    )
    if (rows[0]!.due === 0) return
    await runOnce({ pgPool: app.ownerPool, taskList: taskList(app), noHandleSignals: true, logger: silent })
  }
}
