// One run for everything: units, races and browser journeys share one PostgreSQL (test/global-setup.ts).
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.{ts,tsx}', 'seeds/**/*.test.ts', 'scripts/**/*.test.ts'],
    globalSetup: './test/global-setup.ts',
    // Files share their worker's modules: five times faster, and safe because nothing of ours lives in module state.
    isolate: false,
    pool: 'threads',
    // Browser journeys on a busy machine are slow; nothing here measures time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    env: { NODE_ENV: 'test', TZ: 'UTC' },
  },
})
