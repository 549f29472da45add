import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { startRedis, type RedisServer } from '../servers/redis-server.js'
import { isLinearizable, type KeyCall } from './is-linearizable.js'

const program = fileURLToPath(new URL('claiming-worker.mjs', import.meta.url))
const WORKERS = 16
const KEYS = 40
const LEASE_MS = 60
const keys = Array.from({ length: KEYS }, (_, index) => `key ${index}`)

type ToldCall = KeyCall & { readonly key: string }

let postgres: PostgresServer
let redis: RedisServer
beforeAll(async () => {
  postgres = await startPostgres()
  redis = await startRedis()
  await (await openIdempotencyStore(postgres.url)).close()
})
afterAll(async () => {
  await redis.stop()
  await postgres.stop()
})

test.each([
  ['Postgres', () => postgres.url],
  ['Redis', () => redis.url],
])(
  'sixteen workers on %s, stopped and let go on at any moment, see keys that are claimed one after the other',
  async (_name, url) => {
    const calls = await callsOfWorkers(url())
    const histories = keys.map((key) => calls.filter((call) => call.key === key))
    expect(histories.filter((history) => !isLinearizable(history))).toEqual([])
    // Or the pauses would not have made a zombie, and nothing would be shown.
    expect(calls.filter(({ said }) => said === 'takeover').length).toBeGreaterThan(0)
    expect(calls.filter(({ said }) => said === 'false').length).toBeGreaterThan(0)
  },
  120_000,
)

async function callsOfWorkers(url: string): Promise<ToldCall[]> {
  const workers = Array.from({ length: WORKERS }, (_, index) =>
    fork(program, [JSON.stringify({ url, keys, leaseMs: LEASE_MS, name: `worker ${index}` })]),
  )
  const running = new Set(workers)
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const told = workers.map(async (worker) => {
      const [calls] = (await once(worker, 'message')) as [ToldCall[]]
      running.delete(worker)
      return calls
    })
    for (const worker of workers) worker.send('go')
    const pausing = pauseAtRandom(running)
    const calls = (await Promise.all(told)).flat()
    await pausing
    return calls
  } finally {
    for (const worker of workers) worker.kill('SIGKILL')
  }
}

/** Stops one worker after the other, for longer than its lease, until all have told what they saw. */
async function pauseAtRandom(running: ReadonlySet<ChildProcess>): Promise<void> {
  while (running.size > 0) {
    const chosen = [...running][Math.floor(Math.random() * running.size)]!
    chosen.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS * (1 + Math.random())))
    chosen.kill('SIGCONT')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
