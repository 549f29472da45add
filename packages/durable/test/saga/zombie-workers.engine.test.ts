import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@watertight/policy/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import type { SagaState } from '../../src/saga/index.js'
import { openStore } from '../../src/store/open-store.js'
import type { Store } from '../../src/store/store.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'

const program = fileURLToPath(new URL('saga-worker.mjs', import.meta.url))
const leaseMs = 500

/** What a worker says: a step that it began, a transition that was taken or refused, the ends of its sagas. */
interface Said {
  readonly pid?: number
  readonly ready?: boolean
  readonly began?: string
  readonly id?: string
  readonly epoch?: number
  readonly revision?: number
  readonly taken?: boolean
  readonly outcomes?: readonly { id: string; status: string }[]
}

let server: PostgresServer
let store: Store
const folder = mkdtempSync(join(tmpdir(), 'watertight-zombies-'))
const effects = join(folder, 'effects')
const workers: ChildProcess[] = []
let said: Said[] = []

beforeAll(async () => {
  server = await startPostgres()
  store = openStore(server.url)
  await migrate(store)
})
afterEach(async () => {
  const alive = workers
    .splice(0)
    .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  const ended = alive.map((worker) => once(worker, 'exit'))
  for (const worker of alive) worker.kill('SIGKILL')
  await Promise.all(ended)
  said = []
})
afterAll(async () => {
  await store.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function startWorker(settings: object): Promise<ChildProcess> {
  const worker = fork(program, [
    JSON.stringify({ url: server.url, effects, leaseMs, stays: true, ...settings }),
  ])
  workers.push(worker)
  worker.on('message', (message: Said) => said.push(message))
  const { pid } = worker
  await expect
    .poll(() => said.some((one) => one.ready === true && one.pid === pid), { timeout: 90_000 })
    .toBe(true)
  return worker
}

async function stateOf(id: string): Promise<SagaState> {
  const { rows } = await store.query<{ state: string }>(
    'select state::text as state from watertight.saga where id = $1',
    [id],
  )
  return JSON.parse(rows[0]!.state) as SagaState
}

test('a worker that is stopped in the middle of a step and wakes when its saga is done elsewhere writes nothing', async () => {
  writeFileSync(effects, '')
  const gate = join(folder, 'gate')
  const id = 'zombie-1'
  const zombie = await startWorker({ gate, sagas: [{ id, name: 'whole' }] })
  await expect.poll(() => said.some(({ began }) => began === `${id}.reserve`)).toBe(true)
  zombie.kill('SIGSTOP')
  await startWorker({})
  writeFileSync(gate, '')
  await expect.poll(async () => (await stateOf(id)).status, { timeout: 30_000 }).toBe('done')
  const before = await stateOf(id)
  zombie.kill('SIGCONT')
  // Its step ends now, after all; what comes of it is refused, or never written since it finds that it has lost the saga.
  await expect
    .poll(() => said.filter(({ pid, outcomes }) => pid === zombie.pid || outcomes !== undefined).length, {
      timeout: 30_000,
    })
    .toBeGreaterThan(2)
  expect(said.filter(({ pid, taken }) => pid === zombie.pid && taken === true)).toEqual([])
  expect(await stateOf(id)).toEqual(before)
  expect(before.steps['reserve']?.result).not.toBe(zombie.pid)
}, 120_000)

test('sixteen workers that are stopped and woken at random: each transition of a saga is taken once, in order, under one epoch', async () => {
  writeFileSync(effects, '')
  const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
  const random = seededRandom(seed)
  const names = ['eventful', 'flaky', 'whole']
  const starting = Array.from({ length: 16 }, (_unused, index) => {
    const sagas = Array.from({ length: 3 }, (_, number) => ({
      id: `random-${index}-${number}`,
      name: names[(index + number) % names.length],
    }))
    // Steps that take a while, so that many are under way when their worker is stopped.
    return startWorker({ sagas, pollMs: 200, stepMs: 300 })
  })
  await Promise.all(starting)
  const unfinished = async (): Promise<number> => {
    const { rows } = await store.query<{ count: number }>(
      "select count(*)::integer as count from watertight.saga where ended_at is null and id like 'random-%'",
    )
    return rows[0]!.count
  }
  const stopped = new Set<ChildProcess>()
  for (let turn = 0; turn < 40; turn += 1) {
    const worker = workers[Math.floor(random() * workers.length)]!
    worker.kill(stopped.has(worker) ? 'SIGCONT' : 'SIGSTOP')
    if (!stopped.delete(worker)) stopped.add(worker)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  for (const worker of stopped) worker.kill('SIGCONT')
  await expect.poll(unfinished, { timeout: 150_000 }).toBe(0)
  await expect
    .poll(() => said.filter(({ outcomes }) => outcomes !== undefined).length, { timeout: 90_000 })
    .toBe(16)
  expect({ seed, faults: faultsOf(said) }).toEqual({ seed, faults: [] })
  // Every saga of these has three transitions or more, and the last of each is known to have been taken.
  const count = (wanted: boolean): number => said.filter(({ taken }) => taken === wanted).length
  console.log(`seed ${seed}: ${count(true)} transitions were taken, ${count(false)} were refused`)
  expect(count(true)).toBeGreaterThan(16 * 3 * 2)
  expect(count(false)).toBeGreaterThan(0)
  expect({ seed, standing: unexpectedlyStanding() }).toEqual({ seed, standing: [] })
}, 600_000)

/** Of each saga, no revision was taken twice, and later ones never under an earlier epoch: one owner at a time. */
function faultsOf(messages: readonly Said[]): string[] {
  const taken = new Map<string, Map<number, number>>()
  const faults: string[] = []
  for (const { id, epoch, revision, taken: isTaken } of messages) {
    if (id === undefined || epoch === undefined || revision === undefined || isTaken !== true) continue
    const revisions = taken.get(id) ?? new Map<number, number>()
    taken.set(id, revisions)
    if (revisions.has(revision)) faults.push(`${id} took revision ${revision} twice`)
    revisions.set(revision, epoch)
  }
  for (const [id, revisions] of taken) {
    const epochs = [...revisions].toSorted(([one], [other]) => one - other).map(([, epoch]) => epoch)
    if (epochs.some((epoch, index) => index > 0 && epoch < epochs[index - 1]!))
      faults.push(`${id} went back an epoch`)
  }
  return faults
}

/** Effects of sagas that ended undone, and that nobody undid. */
function unexpectedlyStanding(): string[] {
  const lines = readFileSync(effects, 'utf8').split('\n')
  const undone = new Set(lines.filter((line) => line.startsWith('undo ')).map((line) => line.slice(5)))
  const outcomes = said.flatMap((one) => one.outcomes ?? [])
  const compensated = outcomes.filter(({ status }) => status === 'compensated').map(({ id }) => id)
  const done = new Set(lines.filter((line) => line.startsWith('do ')).map((line) => line.slice(3)))
  return [...done].filter((key) => compensated.some((id) => key.startsWith(`${id}.`)) && !undone.has(key))
}
