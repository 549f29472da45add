import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimIdOf } from '../../src/idempotency/request/fingerprint-of.js'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import type { Store } from '../../src/store/store.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { startRedis, type RedisServer } from '../servers/redis-server.js'

const program = fileURLToPath(new URL('charging-service.mjs', import.meta.url))
const LEASE_MS = 700
const CALLERS = 50

interface Service {
  readonly url: string
  readonly process: ChildProcess
  /** What went wrong beside its requests. */
  readonly reports: string[]
}

/** The step at which a service kills or stops itself. */
interface Step {
  readonly dieAt?: string
  readonly stopAt?: string
}

interface Settings {
  readonly keysUrl?: string
  readonly onTakeover: 'rerun' | 'conflict'
  readonly effect: 'together' | 'apart' | 'once'
}

let postgres: PostgresServer
let redis: RedisServer
let ledger: Store
beforeAll(async () => {
  postgres = await startPostgres()
  redis = await startRedis()
  ledger = openStore(postgres.url)
  await migrate(ledger)
  await ledger.query('create table charge (key text not null, epoch bigint not null)')
})
afterAll(async () => {
  await ledger.close()
  await redis.stop()
  await postgres.stop()
})

async function startService(settings: Settings, step: Step = {}): Promise<Service> {
  const given = { ...settings, ...step, leaseMs: LEASE_MS, ledgerUrl: postgres.url }
  const child = fork(program, [JSON.stringify(given)])
  const [port] = (await once(child, 'message')) as [number]
  const reports: string[] = []
  child.on('message', (report: string) => reports.push(report))
  return { url: `http://127.0.0.1:${port}/charges`, process: child, reports }
}

/** Undefined: the connection was lost. */
async function ask(key: string, { url }: Service): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { method: 'POST', headers: { 'idempotency-key': key }, body: '{}' })
    return `${answer.status} ${await answer.text()}`
  } catch {
    return undefined
  }
}

/** Tries until it is told something final: first where the process may die, then at the other one. */
async function call(key: string, services: readonly Service[]): Promise<string> {
  const deadline = performance.now() + 30_000
  for (let index = 0; performance.now() < deadline;) {
    const said = await ask(key, services[index]!)
    if (said === undefined) index = services.length - 1
    else if (/^201|OUTCOME_UNKNOWN/.test(said)) return said.startsWith('201') ? said : '409 outcome unknown'
    else if (!said.startsWith('409')) return said
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return 'nothing in time'
}

async function chargesOf(key: string): Promise<number> {
  const { rows } = await ledger.query<{ count: number }>(
    'select count(*)::integer as count from charge where key = $1',
    [key],
  )
  return rows[0]!.count
}

async function isClaimed(key: string): Promise<boolean> {
  const id = claimIdOf('all', 'POST', '/charges', key)
  return (await ledger.query('select from watertight.idempotency where id = $1', [id])).rows.length > 0
}

/** Fifty callers with one key; the process that they reach first is killed at that step. */
async function fiftyCallers(settings: Settings, step: string): Promise<{ charges: number; told: string[] }> {
  const key = `${settings.keysUrl === undefined ? 'postgres' : 'redis'} ${settings.effect} ${step}`
  const [doomed, other] = await Promise.all([startService(settings, { dieAt: step }), startService(settings)])
  try {
    const ended = once(doomed.process, 'exit')
    const name = JSON.stringify(key)
    const told = await Promise.all(Array.from({ length: CALLERS }, () => call(name, [doomed, other])))
    const [, signal] = (await ended) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
    return { charges: await chargesOf(key), told: [...new Set(told)] }
  } finally {
    doomed.process.kill('SIGKILL')
    other.process.kill('SIGKILL')
  }
}

test.each([
  'before claim',
  'after claim',
  'before effect',
  'after effect',
  'before commit',
  'after commit',
  'before reply',
])('with keys beside the charges, killed %s: charged once, and all fifty are told so', async (step) => {
  const { charges, told } = await fiftyCallers({ onTakeover: 'rerun', effect: 'together' }, step)
  expect(charges).toBe(1)
  expect(told).toEqual([`201 charged postgres together ${step}`])
})

test.each(['before effect', 'after effect'])(
  'with keys beside the charges, stopped %s until another has taken over: it is refused, and its charge is rolled back',
  async (step) => {
    const settings = { onTakeover: 'rerun', effect: 'together' } as const
    const key = `stopped ${step}`
    const [zombie, other] = await Promise.all([
      startService(settings, { stopAt: step }),
      startService(settings),
    ])
    try {
      let said: string | undefined
      void ask(JSON.stringify(key), zombie).then((answer) => (said = answer))
      await expect.poll(() => isClaimed(key)).toBe(true)
      expect(await call(JSON.stringify(key), [other])).toBe(`201 charged ${key}`)
      // More than once: on a busy machine it may stop only now.
      const goOn = (): string | undefined => (zombie.process.kill('SIGCONT'), said)
      const refused = expect.stringMatching(/^409 .*WT_IDEMPOTENCY_CLAIM_LOST/)
      await expect.poll(goOn).toEqual(refused)
      await expect.poll(() => zombie.reports).toEqual(['handle: WT_IDEMPOTENCY_CLAIM_LOST'])
      expect(await chargesOf(key)).toBe(1)
      expect(await call(JSON.stringify(key), [zombie])).toBe(`201 charged ${key}`)
    } finally {
      zombie.process.kill('SIGKILL')
      other.process.kill('SIGKILL')
    }
  },
)

test.each(['before claim', 'after claim', 'before effect', 'after effect', 'before finish', 'after finish'])(
  'with keys in Redis and a charge that happens once for each key, killed %s: charged once, and all are told so',
  async (step) => {
    const settings: Settings = { keysUrl: redis.url, onTakeover: 'rerun', effect: 'once' }
    const { charges, told } = await fiftyCallers(settings, step)
    expect(charges).toBe(1)
    expect(told).toEqual([`201 charged redis once ${step}`])
  },
)

test.each([
  ['before claim', 1, '201 charged redis apart before claim'],
  ['after claim', 0, '409 outcome unknown'],
  ['before effect', 0, '409 outcome unknown'],
  ['after effect', 1, '409 outcome unknown'],
  ['before finish', 1, '409 outcome unknown'],
  ['after finish', 1, '201 charged redis apart after finish'],
])(
  'with keys in Redis and a charge that knows of no key, killed %s: never charged twice, and nobody is told what is not so',
  async (step, expected, words) => {
    const settings: Settings = { keysUrl: redis.url, onTakeover: 'conflict', effect: 'apart' }
    const { charges, told } = await fiftyCallers(settings, step)
    expect([charges, told]).toEqual([expected, [words]])
  },
)
