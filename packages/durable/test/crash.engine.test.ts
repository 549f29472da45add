import { afterAll, beforeAll, expect, test } from 'vitest'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { allCrashes, expectOnce, live, forgetEverything, sampledCrashes } from './crash/expect-once.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'

const hows = ['kill', 'drop'] as const
let server: PostgresServer
let store: PostgresStore
beforeAll(async () => {
  server = await startPostgres()
  store = new PostgresStore({ url: server.url })
})
afterAll(async () => {
  await store.close()
  await server.stop()
})

test('a service that is killed or loses its database at any statement has every effect once', async () => {
  await forgetEverything(store)
  const whole = await live(server.url, { at: Infinity, when: 'before', how: 'kill' })
  const statements = whole?.statements ?? 0
  expect(statements).toBeGreaterThan(60)
  const isExhaustive = process.env['WATERTIGHT_EXHAUSTIVE'] !== undefined
  for (const crash of isExhaustive ? allCrashes(statements, hows) : sampledCrashes(statements, 16, hows)) {
    await forgetEverything(store)
    await expectOnce(server.url, crash)
  }
}, 1_800_000)
