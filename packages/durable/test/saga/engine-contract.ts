import { constant } from '@watertight/policy'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { NothingToUndo, saga, StepRefusal } from '../../src/saga/index.js'
import { gate } from './gate.js'
import { limitsContract } from './limits-contract.js'
import type { SagaBench } from './saga-bench.js'
import { Services } from './services.js'
import { versionsContract } from './versions-contract.js'

const quick = { attempts: 3, backoff: constant({ ms: 1 }) }
const Order = z.object({ order: z.string(), cents: z.int() })

/** What every engine does, whatever it keeps its sagas in. */
export function engineContract(name: string, makeBench: () => SagaBench): void {
  describe(`the saga engine on ${name}`, () => {
    const bench = makeBench()
    goesForward(bench)
    turnsBack(bench)
    doubts(bench)
    parks(bench)
    waits(bench)
    isUndone(bench)
    limitsContract(bench)
    versionsContract(bench)
  })
}

function goesForward(bench: SagaBench): void {
  test('steps run in order, see the results before them, and are handed stable keys', async () => {
    const services = new Services()
    const seen: unknown[] = []
    const placeOrder = saga('place-order', { input: Order })
      .step('reserve', {
        run: ({ key }) => ({ reservation: services.do(key) }),
        compensate: ({ stepKey }) => services.undo(stepKey),
      })
      .step('charge', {
        run: ({ key, input, results }) => {
          seen.push(results.reserve.reservation, input.cents)
          return services.do(key)
        },
        compensate: ({ stepKey }) => services.undo(stepKey),
      })
      .parallel('fulfil', {
        ship: { run: ({ key, results }) => services.do(`${key}/${results.charge}`) },
        points: {
          run: () => {
            throw new Error('down')
          },
          optional: true,
          retry: quick,
        },
      })
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const id = bench.nextId()
    const handle = await engine.start(placeOrder, {
      id,
      input: { order: 'o-1', cents: 5 },
      key: 'customer-1',
    })
    expect(handle.isNew).toBe(true)
    const outcome = await handle.outcome()
    expect(outcome).toMatchObject({ status: 'done', results: { charge: `${id}.charge` } })
    expect(seen).toEqual([`${id}.reserve`, 5])
    expect(services.asked).toEqual([`${id}.reserve`, `${id}.charge`, `${id}.ship/${id}.charge`])

    const again = await engine.start(placeOrder, { id, input: { order: 'o-1', cents: 5 } })
    expect(again.isNew).toBe(false)
    expect(await again.outcome()).toEqual(outcome)
    await expect(engine.start(placeOrder, { id, input: { order: 'o-1', cents: 6 } })).rejects.toMatchObject({
      code: 'WT_SAGA_CONFLICT',
    })
    await expect
      .poll(() => engine.list({ key: 'customer-1', status: 'done' }))
      .toMatchObject([{ id, name: 'place-order' }])
  })
}

function turnsBack(bench: SagaBench): void {
  test('what was started is undone in reverse, with what is unknown, and without what refused', async () => {
    const services = new Services()
    const undo = { compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey), retry: quick }
    const placeOrder = saga('undone', { input: Order })
      .step('reserve', { run: ({ key }) => services.do(key), ...undo })
      .step('charge', {
        run: ({ key }) => {
          services.do(key)
          throw new Error('the connection was lost')
        },
        ...undo,
      })
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const id = bench.nextId()
    const { outcome } = await engine.start(placeOrder, { id, input: { order: 'o', cents: 1 } })
    expect(await outcome()).toMatchObject({
      status: 'compensated',
      turnedBack: { why: 'unknown', step: 'charge' },
    })
    expect(services.asked).toEqual([
      `${id}.reserve`,
      `${id}.charge`,
      `${id}.charge`,
      `${id}.charge`,
      `${id}.charge.undo`,
      `${id}.reserve.undo`,
    ])
    expect(services.standing(id)).toEqual([])
  })
}

function doubts(bench: SagaBench): void {
  test('a refusal that is declared turns the saga back at once; a misspelt one is unknown, and the timeline says so', async () => {
    const services = new Services()
    const decline = (code: string) =>
      saga(`decline-${code}`)
        .step('reserve', {
          run: ({ key }) => services.do(key),
          compensate: ({ stepKey }) => services.undo(stepKey),
        })
        .step('charge', {
          run: () => {
            throw new StepRefusal(code)
          },
          compensate: () => {
            throw new NothingToUndo()
          },
          refusals: ['card-declined'],
          retry: quick,
        })
        .build()
    const [declined, misspelt] = [decline('card-declined'), decline('card-declned')]
    const engine = await bench.open({ sagas: [declined, misspelt] })
    const one = await engine.start(declined, { id: bench.nextId(), input: null })
    const other = await engine.start(misspelt, { id: bench.nextId(), input: null })
    expect(await one.outcome()).toMatchObject({
      status: 'compensated',
      turnedBack: { code: 'card-declined' },
    })
    expect(await other.outcome()).toMatchObject({ status: 'compensated', turnedBack: { why: 'unknown' } })
    const timeline = (await engine.find(other.id))?.timeline ?? []
    expect(timeline.find(({ what }) => what === 'step unknown')?.detail).toContain('card-declned')
    expect(timeline).toContainEqual(
      expect.objectContaining({ what: 'compensation done', step: 'charge', detail: 'nothing to undo' }),
    )
  })

  test('an answer that is not what was promised is unknown, and the step is asked again by its key', async () => {
    const answers = [{ status: 'ok' }, '<html>', { status: 'charged' }]
    const keys: string[] = []
    const odd = saga('odd-answers')
      .step('charge', {
        run: ({ key }): unknown => {
          keys.push(key)
          return answers[keys.length - 1]
        },
        result: z.object({ status: z.literal('charged') }),
        retry: quick,
      })
      .build()
    const engine = await bench.open({ sagas: [odd] })
    const id = bench.nextId()
    const { outcome } = await engine.start(odd, { id, input: 1 })
    expect(await outcome()).toEqual({ status: 'done', results: { charge: { status: 'charged' } } })
    expect(keys).toEqual([`${id}.charge`, `${id}.charge`, `${id}.charge`])
  })
}

function parks(bench: SagaBench): void {
  test('a compensation that does not work parks the saga; it is found, and taken up again by hand', async () => {
    let isDown = true
    const parked = saga('parked')
      .step('reserve', {
        run: () => 'r',
        compensate: () => {
          if (isDown) throw new Error('inventory is down')
        },
        compensation: { retry: quick },
      })
      .step('charge', {
        run: () => {
          throw new StepRefusal('no')
        },
        refusals: ['no'],
      })
      .build()
    const engine = await bench.open({ sagas: [parked] })
    const id = bench.nextId()
    const { outcome } = await engine.start(parked, { id, input: null })
    expect(await outcome()).toMatchObject({ status: 'compensation-failed', turnedBack: { why: 'refused' } })
    await expect
      .poll(() => engine.list({ status: 'compensation-failed', name: 'parked' }))
      .toMatchObject([{ id }])
    isDown = false
    await engine.resume(id)
    await expect.poll(async () => (await engine.find(id))?.status).toBe('compensated')
  })
}

function waits(bench: SagaBench): void {
  test('signals may come before they are waited for, timers fire, and each is in the timeline', async () => {
    const began = gate()
    const told = gate()
    const subscribe = saga('subscribe')
      .step('begin', {
        run: async () => {
          began.open()
          await told.opened
        },
        effect: 'none',
      })
      .signal('settled', { payload: z.object({ cents: z.int() }) })
      .sleep('pause', '30ms')
      .step('end', { run: ({ results }) => results.settled.cents })
      .build()
    const engine = await bench.open({ sagas: [subscribe] })
    const { id, outcome } = await engine.start(subscribe, { id: bench.nextId(), input: null })
    const timeline = async (): Promise<readonly string[]> =>
      ((await engine.find(id))?.timeline ?? []).map(({ what, step }) => [what, step ?? ''].join(' ').trim())
    await began.opened
    for (const [signal, payload, message] of [
      ['setled', { cents: 7 }, 'saga subscribe has no signal setled; did you mean settled?'],
      ['settled', { cents: 'lots' }, 'its payload is not valid: cents: '],
    ] as const) {
      const refused = engine.signal(id, signal, payload)
      await expect(refused).rejects.toMatchObject({
        code: 'WT_SAGA_INPUT',
        message: expect.stringContaining(message) as string,
      })
    }
    await engine.signal(id, 'settled', { cents: 7 })
    await engine.signal(id, 'settled', { cents: 8 })
    await expect.poll(timeline).toContain('signal settled')
    told.open()
    expect(await outcome()).toMatchObject({ status: 'done', results: { end: 7 } })
    expect(await timeline()).toEqual([
      'started',
      'step started begin',
      'signal settled',
      'step done begin',
      'step started settled',
      'step done settled',
      'step started pause',
      'step done pause',
      'step started end',
      'step done end',
      'done',
    ])
    const pause = (await engine.find(id))?.timeline.filter(({ step }) => step === 'pause') ?? []
    expect((pause[1]?.at ?? 0) - (pause[0]?.at ?? 0)).toBeGreaterThanOrEqual(30)
    await expect(engine.signal(id, 'settled', {})).rejects.toMatchObject({ code: 'WT_SAGA_ENDED' })
    await expect(engine.signal('nobody', 'settled', {})).rejects.toMatchObject({ code: 'WT_SAGA_UNKNOWN' })
  })
}

function isUndone(bench: SagaBench): void {
  test('a cancellation stops what is under way, waits for its end, and undoes it', async () => {
    const services = new Services()
    let began = (): void => {}
    const running = new Promise<void>((resolve) => (began = resolve))
    const slow = saga('slow')
      .step('charge', {
        run: async ({ key, signal }) => {
          began()
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          return services.do(key)
        },
        compensate: ({ stepKey }) => services.undo(stepKey),
      })
      .build()
    const engine = await bench.open({ sagas: [slow] })
    const { id, outcome } = await engine.start(slow, { id: bench.nextId(), input: null })
    await running
    await engine.cancel(id, 'the customer changed their mind')
    expect(await outcome()).toMatchObject({ status: 'compensated', turnedBack: { why: 'cancelled' } })
    expect(services.asked).toEqual([`${id}.charge`, `${id}.charge.undo`])
  })

  test('a child saga is waited for, and undone with its parent although it had ended well', async () => {
    const services = new Services()
    const step = {
      run: ({ key }: { key: string }) => services.do(key),
      compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey),
    }
    const ship = saga('ship').step('pack', step).step('send', step).build()
    const parent = saga('with-child')
      .child('shipping', { saga: ship, input: () => ({ parcel: 1 }) })
      .step('thank', {
        run: ({ results }) => {
          throw new StepRefusal('no', results.shipping.send)
        },
        effect: 'none',
        refusals: ['no'],
      })
      .build()
    const engine = await bench.open({ sagas: [parent] })
    const { id, outcome } = await engine.start(parent, { id: bench.nextId(), input: null })
    expect(await outcome()).toMatchObject({ status: 'compensated', turnedBack: { code: 'no' } })
    const child = await engine.find(`${id}.shipping`)
    expect(child).toMatchObject({
      status: 'compensated',
      parent: id,
      state: { turnedBack: { why: 'undone' } },
    })
    expect(services.asked).toEqual([
      `${id}.shipping.pack`,
      `${id}.shipping.send`,
      `${id}.shipping.send.undo`,
      `${id}.shipping.pack.undo`,
    ])
  })
}
