// Claiming a key: once, released, abandoned, forgotten.
import { expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { claimAnswer, keepAnswer, pruneAnswers, releaseAnswer } from './idempotent-answers.ts'

const app = testApp()
const key = (n: number) => Buffer.alloc(32, n)
const request = Buffer.alloc(32, 200)

test('of ten claims at the same moment one is granted', async () => {
  const claims = await Promise.all(Array.from({ length: 10 }, () => claimAnswer(app.db, key(1), request)))
  expect(claims.filter((claim) => claim.claimed)).toHaveLength(1)
})

test('a released key is free, an answered one is not released', async () => {
  await claimAnswer(app.db, key(2), request)
  await releaseAnswer(app.db, key(2))
  expect(await claimAnswer(app.db, key(2), request)).toEqual({ claimed: true })
  await keepAnswer(app.db, key(2), { status: 201, body: '{"a":1}' })
  await releaseAnswer(app.db, key(2))
  expect(await claimAnswer(app.db, key(2), request)).toEqual({ claimed: false, requestHash: request, answer: { status: 201, body: '{"a":1}' } })
})

test('a claim that its process left behind is taken over after five minutes, by the same request only', async () => {
  await claimAnswer(app.db, key(3), request)
  expect(await claimAnswer(app.db, key(3), request)).toMatchObject({ claimed: false, answer: null })
  await app.pool.query("UPDATE idempotent_answer SET created_at = now() - interval '301 seconds' WHERE key_hash = $1", [key(3)])
  expect(await claimAnswer(app.db, key(3), Buffer.alloc(32, 7))).toMatchObject({ claimed: false })
  expect(await claimAnswer(app.db, key(3), request)).toEqual({ claimed: true })
  expect(await claimAnswer(app.db, key(3), request)).toMatchObject({ claimed: false })
})

test('answers are forgotten after a day', async () => {
  await claimAnswer(app.db, key(4), request)
  await keepAnswer(app.db, key(4), { status: 200, body: '' })
  await pruneAnswers(app.db)
  expect(await claimAnswer(app.db, key(4), request)).toMatchObject({ claimed: false })
  await app.pool.query("UPDATE idempotent_answer SET created_at = now() - interval '25 hours' WHERE key_hash = $1", [key(4)])
  await pruneAnswers(app.db)
  expect(await claimAnswer(app.db, key(4), request)).toEqual({ claimed: true })
})
