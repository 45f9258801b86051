// Prometheus metrics of this process.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(options: { defaults: boolean }) {
  const registry = new Registry()
  if (options.defaults) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Requests by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3],
      registers,
    }),
    batchSize: new Histogram({
      name: 'lane_batch_size',
      help: 'Calls gathered into one batch',
      labelNames: ['lane'],
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    orders: new Counter({ name: 'orders_total', help: 'Orders asked for, by outcome', labelNames: ['outcome'], registers }),
    payments: new Counter({
      name: 'payments_total',
      help: 'Payment attempts that ended, by provider and status',
      labelNames: ['provider', 'status'],
      registers,
    }),
    scans: new Counter({ name: 'scans_total', help: 'Confirmed scans, by result', labelNames: ['result'], registers }),
    passwordHashes: new Counter({ name: 'password_hashes_total', help: 'Passwords hashed or compared (argon2id)', registers }),
    mails: new Counter({ name: 'mails_total', help: 'Mails, by status', labelNames: ['status'], registers }),
    jobs: new Gauge({ name: 'jobs', help: 'Jobs in the queue, by state', labelNames: ['state'], registers }),
    jobLag: new Gauge({ name: 'job_lag_seconds', help: 'How long the oldest job that is due has waited', registers }),
    connections: new Gauge({ name: 'database_connections', help: 'Connections of this process, by state', labelNames: ['state'], registers }),
    databaseUp: new Gauge({ name: 'database_up', help: '1 where the database answered when it was last asked', registers }),
  }
}
