import { expect, test, vi } from 'vitest'
import { saga } from '../../../src/saga/index.js'
import { Services } from '../services.js'
import { runsOf } from './recorded-histories.js'
import type { TemporalBench } from './temporal-bench.js'

const letters = (count: number): string => 'x'.repeat(count)

/** What Temporal does not take, and that no saga stands still of it. */
export function boundsContract(bench: TemporalBench): void {
  tooLarge(bench)
  upToTheBound(bench)
  largeHistories(bench)
  workersApart(bench)
}

function tooLarge(bench: TemporalBench): void {
  test.each([
    { what: 'one result', sizes: [1_900_000] },
    { what: 'one result beyond what may be sent at all', sizes: [5_000_000] },
    { what: 'what two results come to', sizes: [300_000, 300_000] },
  ])('$what is more than Temporal takes: the saga turns back, says why, and is undone', async ({ sizes }) => {
    const services = new Services()
    const placeOrder = sizes
      .reduce(
        (steps, size, index) =>
          steps.step(`load${index}`, {
            run: () => letters(size),
            compensate: ({ stepKey }) => services.undo(stepKey),
            retry: { attempts: 1 },
          }),
        saga('loads').step('reserve', {
          run: ({ key }) => services.do(key),
          compensate: ({ stepKey }) => services.undo(stepKey),
        }),
      )
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const { id, outcome } = await engine.start(placeOrder, { id: bench.nextId(), input: null })
    expect(await outcome()).toMatchObject({
      status: 'compensated',
      turnedBack: {
        why: 'unknown',
        message: expect.stringMatching(
          /^cannot keep its result: the state of a saga on Temporal must be at most 500000 bytes of JSON, got \d+$/,
        ) as string,
      },
    })
    const undone = sizes.map((_, index) => `${id}.load${index}.undo`).toReversed()
    expect(services.asked).toEqual([`${id}.reserve`, ...undone, `${id}.reserve.undo`])
  })
}

function upToTheBound(bench: TemporalBench): void {
  test('input, signals and results up to the bound pass, asked at once and undone too; beyond it they are refused', async () => {
    const placeOrder = saga('full')
      .parallel('both', {
        one: { run: () => letters(60_000), compensate: () => {} },
        two: { run: () => letters(60_000), compensate: () => {} },
      })
      .signal('word')
      .step('last', {
        run: () => letters(100_000),
        compensate: () => {},
      })
      .signal('end')
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const start = (size: number) =>
      engine.start(placeOrder, { id: bench.nextId(), input: { sku: letters(size) } })
    await expect(start(440_000)).rejects.toMatchObject({ code: 'WT_SAGA_INPUT' })
    const { id, outcome } = await start(100_000)
    await engine.signal(id, 'word', letters(100_000))
    const last = async () => (await engine.find(id))?.state.steps['end']?.status
    await expect.poll(last, { timeout: 30_000 }).toBe('waiting')
    await expect(engine.signal(id, 'end', letters(600_000))).rejects.toMatchObject({ code: 'WT_SAGA_INPUT' })
    await engine.signal(id, 'end', letters(300_000))
    expect(await outcome()).toMatchObject({
      status: 'compensated',
      turnedBack: {
        why: 'cancelled',
        message: expect.stringContaining('the payload of signal end') as string,
      },
    })
  })

  test('states that are more than one answer holds are listed all the same', async () => {
    const placeOrder = saga('listed-large').signal('word').build()
    const engine = await bench.open({ sagas: [placeOrder], works: false })
    const ids = Array.from({ length: 12 }, () => bench.nextId())
    await Promise.all(ids.map((id) => engine.start(placeOrder, { id, input: letters(400_000) })))
    const listed = async () => (await engine.list({ name: 'listed-large' })).map(({ id }) => id).toSorted()
    await expect.poll(listed, { timeout: 30_000, interval: 500 }).toEqual(ids.toSorted())
  })
}

function largeHistories(bench: TemporalBench): void {
  test('a saga whose history has grown large goes on in another run, with all that it has done', async () => {
    const services = new Services()
    const placeOrder = Array.from({ length: 8 }, (_, index) => index)
      .reduce(
        (steps, index) =>
          steps.step(`small${index}`, { run: ({ key }) => services.do(key), compensate: () => {} }),
        saga('grows').step('large', { run: () => letters(400_000), compensate: () => {} }),
      )
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const { id, outcome } = await engine.start(placeOrder, { id: bench.nextId(), input: null, key: 'ann' })
    expect(await outcome()).toMatchObject({ status: 'done', results: { large: letters(400_000) } })
    expect(services.asked).toEqual(Array.from({ length: 8 }, (_, index) => `${id}.small${index}`))
    await expect
      .poll(() => runsOf(bench.server.address, id), { timeout: 30_000, interval: 500 })
      .toBeGreaterThan(1)
    expect(await engine.list({ name: 'grows' })).toMatchObject([{ id, key: 'ann', status: 'done' }])
  })
}

function workersApart(bench: TemporalBench): void {
  test('a process whose clock is ten minutes behind starts a saga: its deadline counts from when it began', async () => {
    const placeOrder = saga('wrong-clock', { deadline: '5m' })
      .sleep('moment', '100ms')
      .step('one', { run: () => 1, compensate: () => {} })
      .build()
    const engine = await bench.open({ sagas: [placeOrder], works: false }, 'wrong-clock')
    const before = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: before - 600_000 })
    const { id, outcome } = await engine
      .start(placeOrder, { id: bench.nextId(), input: null })
      .finally(() => vi.useRealTimers())
    await bench.open({ sagas: [placeOrder] }, 'wrong-clock')
    expect(await outcome()).toMatchObject({ status: 'done' })
    const found = await engine.find(id)
    expect(found?.state.deadlineAt).toBeGreaterThanOrEqual(before + 300_000 - 1_000)
  })

  test('of two workers of one queue one does not know the new version: it hands back what it cannot decide', async () => {
    const of = (version: number) =>
      saga('two-versions', { version })
        .step('one', { run: () => version, compensate: () => {} })
        .build()
    const heard: unknown[] = []
    await bench.open({ sagas: [of(1)], onTrouble: (error) => heard.push(error) }, 'two-versions')
    const definition = of(2)
    const engine = await bench.open({ sagas: [definition] }, 'two-versions')
    // Either may be given a task: by the twentieth saga the one that does not know it has had one.
    for (let count = 0; heard.length === 0; count += 1) {
      expect(count).toBeLessThan(20)
      const { outcome } = await engine.start(definition, { id: bench.nextId(), input: null })
      expect(await outcome()).toEqual({ status: 'done', results: { one: 2 } })
    }
    expect(String(heard[0])).toBe(
      'Error: cannot go on with saga two-versions: a worker of its task queue must know its version 2',
    )
  }, 120_000)
}
