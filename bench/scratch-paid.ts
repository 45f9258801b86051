import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { openStage, requireInvariants, runLoad, startServer } from './stage.ts'
const stage = await openStage()
try {
  const event = await buildEvent(stage.app)
  const type = await buildTicketType(stage.app, event, { price: 5000, quantity: 1_000_000, maxPerOrder: 10 })
  const server = await startServer(stage, process.env.PROF ? { NODE_OPTIONS: '--cpu-prof --cpu-prof-dir=/tmp/prof' } : {})
  const load = { port: server.port, connections: 256, plan: { kind: 'order', event: event.slug, ticketTypeId: type.id, pay: true } } as const
  await runLoad({ ...load, seconds: 2 })
  await stage.app.ownerPool.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements').catch(() => {})
  const cpu = () => {
    const out: Record<string, number> = { postgres: 0, node: 0 }
    const ps = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n').map((l) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(l)).filter((m) => m !== null)
    const t = (pid: string) => { try { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) * 10 } catch { return 0 } }
    const root = ps.find((m) => m[3]!.includes('guichet-bench') && m[3]!.includes(stage.app.config.dataDir))
    for (const m of ps) { if (m[2] === root?.[1] || m[1] === root?.[1]) { out.postgres! += t(m[1]!); if (t(m[1]!) > 300) out[m[3]!.slice(0, 60)] = t(m[1]!) } if (m[3]!.includes('bench/server.ts')) out.node! += t(m[1]!) }
    return out
  }
  const c0 = cpu()
  const r = await runLoad({ ...load, seconds: Number(process.argv[2] ?? 5) })
  const c1 = cpu(); console.log(r, 'cpu us per order: postgres', ((c1.postgres! - c0.postgres!) * 1000 / r.answered).toFixed(0), 'node', ((c1.node! - c0.node!) * 1000 / r.answered).toFixed(0), c1)
  const m = await fetch(`http://127.0.0.1:${server.port}/metrics`).then((x) => x.text())
  console.log(m.split('\n').filter((l) => /lane_batch_size_(sum|count)/.test(l)).join('\n'))
  await server.stop()
  await requireInvariants(stage).catch((e) => console.log(String(e)))
} finally { await stage.close() }
