import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningPostgres, startPostgres } from './start-postgres.js'
import { endSagas, leaveSagas } from './leave-sagas.js'
import { askedStore, storeCommands } from './store-commands.js'

let postgres: RunningPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

storeCommands('Postgres', () => postgres.url)

test('a saga that is told to cancel, to retry or to resume does it, whichever service runs it next, and tells of it', async () => {
  const { ask, json } = askedStore(() => postgres.url)
  await ask('migrate', 'up')
  await leaveSagas(postgres.url)
  expect(await json('saga', 'cancel', 'waits', '--reason', 'the customer called')).toEqual({
    schemaVersion: 1,
    id: 'waits',
    asked: 'cancel',
  })
  expect((await ask('saga', 'retry', 'tries-later')).out).toBe('saga tries-later is told to retry\n')
  expect(await json('saga', 'resume', 'parked')).toMatchObject({ asked: 'resume' })
  expect(await endSagas(postgres.url)).toMatchObject([
    { status: 'compensated', turnedBack: { why: 'cancelled', message: 'the customer called' } },
    { status: 'done' },
    { status: 'compensated' },
  ])
  expect((await ask('saga', 'show', 'tries-later')).out).toContain('retried by hand')
  expect((await ask('saga', 'show', 'parked')).out).toContain('resumed by hand')
  const over = await ask('saga', 'cancel', 'tries-later')
  expect([over.code, over.err]).toEqual([2, expect.stringContaining('it has ended')])
})
