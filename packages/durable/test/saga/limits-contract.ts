import { constant } from '@watertight/policy'
import { expect, test } from 'vitest'
import { saga, StepRefusal } from '../../src/saga/index.js'
import { gate } from './gate.js'
import type { SagaBench } from './saga-bench.js'
import { Services } from './services.js'

const never = (): Promise<never> => new Promise(() => {})
const twice = { attempts: 2, backoff: constant({ ms: 1 }) }
const hourly = { attempts: 5, backoff: constant({ ms: 3_600_000 }) }

/** Where waiting ends, of a try and of a whole saga, and what no haste cuts short. */
export function limitsContract(bench: SagaBench): void {
  outOfTime(bench)
  shielded(bench)
  wholeOutOfTime(bench)
  retriedAtOnce(bench)
}

function outOfTime(bench: SagaBench): void {
  test('a step that hangs runs into its limit: it is told to stop, asked again by its key, then undone; so is a compensation that hangs', async () => {
    const services = new Services()
    const signals: AbortSignal[] = []
    const hang = (signal: AbortSignal): Promise<never> => {
      signals.push(signal)
      return never()
    }
    const hung = saga('hung')
      .step('reserve', {
        run: ({ key, attempt, signal }) => {
          services.do(key)
          return attempt === 1 ? hang(signal) : 'reserved'
        },
        compensate: ({ stepKey }) => services.undo(stepKey),
        retry: twice,
        timeout: '40ms',
      })
      .step('charge', {
        run: ({ key, signal }): Promise<string> => {
          services.do(key)
          return hang(signal)
        },
        compensate: ({ stepKey, signal }) => {
          services.undo(stepKey)
          return signals.length < 4 ? hang(signal) : undefined
        },
        retry: twice,
        timeout: '50ms',
        compensation: { retry: twice, timeout: '60ms' },
      })
      .build()
    const engine = await bench.open({ sagas: [hung] })
    const id = bench.nextId()
    const { outcome } = await engine.start(hung, { id, input: null })
    expect(await outcome()).toMatchObject({
      status: 'compensated',
      turnedBack: { why: 'unknown', step: 'charge' },
    })
    expect(services.asked).toEqual([
      `${id}.reserve`,
      `${id}.reserve`,
      `${id}.charge`,
      `${id}.charge`,
      `${id}.charge.undo`,
      `${id}.charge.undo`,
      `${id}.reserve.undo`,
    ])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true])
    const timeline = (await engine.find(id))?.timeline ?? []
    const told = timeline.filter(({ detail = '' }) => detail.startsWith('no answer within'))
    expect(told.map(({ what, step, detail }) => `${what}: ${step}, ${detail}`)).toEqual([
      'step unknown: reserve, no answer within 40 ms',
      'step unknown: charge, no answer within 50 ms',
      'step unknown: charge, no answer within 50 ms',
      'compensation not done: charge, no answer within 60 ms',
    ])
  })
}

function shielded(bench: SagaBench): void {
  test('a cancellation that comes while a compensation runs stops nothing of it', async () => {
    const began = gate()
    const heard = gate()
    const services = new Services()
    const aborted: boolean[] = []
    const undone = saga('shielded')
      .step('reserve', {
        run: ({ key }) => services.do(key),
        compensate: async ({ stepKey, signal }) => {
          began.open()
          await heard.opened
          aborted.push(signal.aborted)
          services.undo(stepKey)
        },
      })
      .step('charge', {
        run: () => {
          throw new StepRefusal('no')
        },
        refusals: ['no'],
      })
      .build()
    const engine = await bench.open({ sagas: [undone] })
    const { id, outcome } = await engine.start(undone, { id: bench.nextId(), input: null })
    await began.opened
    await engine.cancel(id, 'the customer is in a hurry')
    await bench.takenIn(id)
    heard.open()
    expect(await outcome()).toMatchObject({ status: 'compensated', turnedBack: { why: 'refused' } })
    expect(aborted).toEqual([false])
    expect(services.asked).toEqual([`${id}.reserve`, `${id}.reserve.undo`])
  })
}

const away = (): never => {
  throw new Error('payment is away')
}

function wholeOutOfTime(bench: SagaBench): void {
  test('the deadline of the whole waits for no try that is due later: what was done is undone', async () => {
    const services = new Services()
    const late = saga('late', { deadline: '500ms' })
      .step('reserve', {
        run: ({ key }) => services.do(key),
        compensate: ({ stepKey }) => services.undo(stepKey),
      })
      .step('charge', { run: away, compensate: () => {}, retry: hourly })
      .build()
    const engine = await bench.open({ sagas: [late] })
    const { id, outcome } = await engine.start(late, { id: bench.nextId(), input: null })
    expect(await outcome()).toMatchObject({ status: 'compensated', turnedBack: { why: 'deadline' } })
    expect(services.asked.at(-1)).toBe(`${id}.reserve.undo`)
    expect(services.standing(id)).toEqual([])
  })
}

function retriedAtOnce(bench: SagaBench): void {
  test('who cannot wait for the next try has it at once', async () => {
    const keys: string[] = []
    const hurried = saga('hurried')
      .step('charge', {
        run: ({ key }) => (keys.push(key) === 1 ? away() : 'charged'),
        compensate: () => {},
        retry: hourly,
      })
      .build()
    const engine = await bench.open({ sagas: [hurried] })
    const { id, outcome } = await engine.start(hurried, { id: bench.nextId(), input: null })
    await expect.poll(async () => (await engine.find(id))?.dueAt).toBeDefined()
    const { dueAt, state } = (await engine.find(id))!
    expect(Math.abs(Number(dueAt) - (state.steps['charge']?.dueAt ?? 0))).toBeLessThan(2)
    await engine.retryNow(id)
    expect(await outcome()).toEqual({ status: 'done', results: { charge: 'charged' } })
    expect(keys).toEqual([`${id}.charge`, `${id}.charge`])
    const timeline = (await engine.find(id))?.timeline ?? []
    expect(timeline.map(({ what }) => what)).toContain('retried by hand')
  })
}
