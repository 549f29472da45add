import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constant } from '@watertight/policy'
import { expect, test } from 'vitest'
import { saga } from '../../../src/saga/index.js'
import { Services } from '../services.js'
import { boundsContract } from './bounds-contract.js'
import { TemporalBench } from './temporal-bench.js'

const bench = new TemporalBench()
const COUNT = 60

boundsContract(bench)

test(
  'the Temporal server is killed and started again under load: every saga ends, each effect happens once',
  { timeout: 240_000 },
  async () => {
    const services = new Services()
    const retry = { attempts: 50, backoff: constant({ ms: 100 }) }
    let done = 0
    const step = {
      run: ({ key }: { key: string }) => {
        done += 1
        return services.do(key)
      },
      compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey),
      retry,
    }
    const placeOrder = saga('place-order')
      .step('reserve', step)
      .step('charge', step)
      .step('ship', step)
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const ids = Array.from({ length: COUNT }, () => bench.nextId())
    const handles = await Promise.all(ids.map((id) => engine.start(placeOrder, { id, input: null })))
    await expect.poll(() => done, { timeout: 60_000 }).toBeGreaterThan(COUNT / 2)
    await bench.server.kill()
    await bench.server.start()
    const outcomes = await Promise.all(
      handles.map(async ({ id }) => {
        const status = async (): Promise<string | undefined> =>
          (await engine.find(id).catch(() => undefined))?.status
        await expect.poll(status, { timeout: 120_000, interval: 500 }).toBe('done')
        return id
      }),
    )
    const effects = [...services.effects.values()]
    console.log(
      `server killed once: ${COUNT} acknowledged, ${COUNT - outcomes.length} lost, ` +
        `${effects.filter(({ count }) => count !== 1).length} duplicate effects, ${done - effects.length} steps asked again`,
    )
    expect(effects).toHaveLength(COUNT * 3)
    expect(effects.every(({ count, undone }) => count === 1 && !undone)).toBe(true)
  },
)

test('how a saga stands is told while no worker runs: whoever asks disturbs none, and none has to answer', async () => {
  const placeOrder = saga('place-order')
    .step('reserve', { run: () => {}, compensate: () => {} })
    .build()
  const engine = await bench.open({ sagas: [placeOrder], works: false }, 'nobody')
  const id = bench.nextId()
  await engine.start(placeOrder, { id, input: { sku: 'pen' } })
  const found = await engine.find(id)
  expect(found).toMatchObject({ id, version: 1, status: 'running', state: { input: { sku: 'pen' } } })
  const worker = await bench.open({ sagas: [placeOrder] }, 'nobody')
  await expect.poll(async () => (await engine.find(id))?.status, { timeout: 60_000 }).toBe('done')
  expect(await worker.find(id)).toMatchObject({ state: { steps: { reserve: { status: 'done' } } } })
})

const program = fileURLToPath(new URL('temporal-worker.mjs', import.meta.url))

test(
  'the only worker of Temporal is killed while steps are under way: another one goes on, every saga ends, no step is left out',
  { timeout: 240_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watertight-temporal-worker-'))
    const effects = join(folder, 'effects')
    writeFileSync(effects, '')
    const started = (): ChildProcess =>
      fork(program, [JSON.stringify({ ...bench.optionsFor('elsewhere'), effects })])
    const step = { run: () => {}, compensate: () => {} }
    const placeOrder = saga('place-order-elsewhere')
      .step('reserve', step)
      .step('charge', step)
      .step('ship', step)
      .build()
    const engine = await bench.open({ sagas: [placeOrder], works: false }, 'elsewhere')
    const ids = Array.from({ length: 20 }, () => bench.nextId())
    for (const id of ids) await engine.start(placeOrder, { id, input: null })
    const doomed = started()
    let asked = 0
    doomed.on('message', () => (asked += 1))
    await expect.poll(() => asked, { timeout: 60_000, interval: 5 }).toBeGreaterThan(20)
    doomed.kill('SIGKILL')
    await once(doomed, 'exit')
    const heir = started()
    const open = async (): Promise<number> => {
      const found = await Promise.all(ids.map((id) => engine.find(id)))
      return found.filter((one) => one?.status !== 'done').length
    }
    await expect.poll(open, { timeout: 120_000, interval: 500 }).toBe(0)
    heir.kill('SIGKILL')
    await once(heir, 'exit')
    // Whoever has an effect knows it by its key, so what is asked twice is done once.
    const keys = readFileSync(effects, 'utf8').trim().split('\n')
    const expected = ids.flatMap((id) => ['reserve', 'charge', 'ship'].map((name) => `${id}.${name}`))
    console.log(
      `worker of Temporal killed once: ${ids.length} acknowledged, 0 lost, ${keys.length - new Set(keys).size} steps asked again`,
    )
    expect([...new Set(keys)].toSorted()).toEqual(expected.toSorted())
    rmSync(folder, { recursive: true, force: true })
  },
)
