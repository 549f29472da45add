import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import { HedgeOvertakenError, RefusalError, TimeoutError } from '../../src/index.js'
import { Product, type Call, type World } from './calls.js'
import { FALLBACK, longestMs, mostRunning, mostRuns, OPEN_MS, type Composition } from './composition.js'

const REFUSING = ['breaker', 'bulkhead', 'adaptive', 'rate']
/** What a predicate throws, in compositions with one that does. */
export const PREDICATE_ERROR: Error = new Error('the predicate throws')

/** For sums of fractions of a millisecond. */
const ROUNDING_MS = 1e-6

const has = ({ layers }: Composition, ...kinds: string[]): boolean =>
  layers.some(({ kind }) => kinds.includes(kind))

/** Every call whose operation does not hang without a limit has ended, in time. */
export function expectInTime(composition: Composition, { calls }: World): void {
  const runMs = (call: Call): number =>
    Math.max(
      ...call.script.runs.map(({ ends, afterMs }) => {
        if (ends === 'hang') return Infinity
        return ends === 'value' || ends === 'throw' ? 0 : afterMs
      }),
    )
  for (const call of calls) {
    // Calls of one key may share one run of any of their operations.
    const longestRunMs = has(composition, 'cache') ? Math.max(...calls.map(runMs)) : runMs(call)
    const limitMs = longestMs(composition.layers, longestRunMs)
    if (limitMs === Infinity) continue
    expect(call.settledAt, 'a call does not end').toBeDefined()
    expect(call.settledAt! - call.startedAt, 'a call took too long').toBeLessThanOrEqual(
      limitMs + ROUNDING_MS,
    )
  }
}

/** Holds how one call ended against what it asked for. */
export function expectLawful(composition: Composition, call: Call): void {
  const { outcome, abortedAt, settledAt, caller, script } = call
  expect(call.settlements, 'a call must settle exactly once').toBe(1)
  expect(getEventListeners(caller.signal, 'abort'), 'a listener is left').toHaveLength(0)
  expect(call.runs, 'too many runs').toBeLessThanOrEqual(mostRuns(composition.layers))
  if (abortedAt !== undefined) {
    expect(outcome, 'an abort must end the call').toMatchObject({ ok: false, reason: 'abort' })
    expect(settledAt, 'an abort must end the call at once').toBe(abortedAt)
  }
  if (script.abort === 'before') expect([call.runs, settledAt]).toEqual([0, call.startedAt])
  if (outcome!.ok) return expectOwnValue(composition, call, outcome!.value, outcome!.fallback)
  const { error, reason } = outcome!
  if (reason === 'abort') {
    expect(caller.signal.aborted, 'an abort that nobody asked for').toBe(true)
    expect(error, 'the reason of an abort must stay what it is').toBe(call.reason)
  } else if (reason === 'refusal') {
    expect(error).toBeInstanceOf(RefusalError)
    expect((error as RefusalError).code).toMatch(/^WT_/)
    expect(has(composition, ...REFUSING), 'nothing here refuses').toBe(true)
  } else {
    expectOwnError(composition, call, error)
  }
}

function expectOwnValue(composition: Composition, call: Call, value: unknown, fallback: boolean): void {
  if (value === FALLBACK) {
    expect(has(composition, 'fallback'), 'nothing here answers for the operation').toBe(true)
    // Only `outcome` tells.
    if (!call.script.execute) expect(fallback, 'a fallback must be told').toBe(true)
    return
  }
  expect(value).toBeInstanceOf(Product)
  const { call: maker, cancelled } = value as Product
  // A cache hands one value to many, so it is not for streams: see its documentation.
  if (!has(composition, 'cache')) expect(cancelled, 'a value was delivered and discarded').toBe(0)
  const mayShare = has(composition, 'cache') && call.script.key !== undefined
  if (mayShare) expect(maker.script.key, 'a value of another key').toBe(call.script.key)
  else expect(maker === call, 'a value of another call').toBe(true)
}

function expectOwnError(composition: Composition, call: Call, error: unknown): void {
  expect(error, 'who overtook whom is nothing to the caller').not.toBeInstanceOf(HedgeOvertakenError)
  if (error instanceof TimeoutError) {
    expect(has(composition, 'timeout'), 'nothing here limits time').toBe(true)
    return
  }
  if (error === PREDICATE_ERROR) return
  const ownFallback = has(composition, 'fallback') && (error as Error).message.startsWith('the fallback')
  const shared = has(composition, 'cache') && call.script.key !== undefined
  expect(ownFallback || shared || call.errors.has(error), 'an error of another call').toBe(true)
}

/** Each result of a run was delivered, or discarded once: a connection would be held for ever otherwise. */
export function expectNothingLost(composition: Composition, { calls }: World): void {
  // What a cache keeps is neither.
  if (has(composition, 'cache')) return
  for (const { products, outcome } of calls) {
    for (const product of products) {
      const delivered = outcome?.ok === true && outcome.value === product
      expect(product.cancelled, 'a result must be delivered or discarded').toBe(delivered ? 0 : 1)
    }
  }
}

/** What was taken has been given back: slots, places in queues, permits, budget, timers. */
export async function expectAllReturned(
  composition: Composition,
  world: World,
  widened: boolean,
): Promise<void> {
  const { clock } = world
  expect(world.running).toBe(0)
  expect(world.mostRunning, 'more operations ran than let in').toBeLessThanOrEqual(
    mostRunning(composition.layers, widened),
  )
  expect(clock.pending, 'a timer is left').toBe(0)
  for (const { running, queued } of composition.bulkheads) expect({ running, queued }).toEqual(NO_SLOTS)
  for (const { inFlight: running, queued } of composition.adaptives)
    expect({ running, queued }).toEqual(NO_SLOTS)
  for (const { queued } of composition.rates) expect(queued).toBe(0)
  const { budget } = composition
  budget.start(clock.now())
  expect(budget.remaining(clock.now()), 'a budget has lost count').toBe(1)
  for (const breaker of composition.breakers) {
    if (breaker.state.startsWith('forced')) breaker.force(undefined)
    // Trial calls that failed may open it once more, when their deadline is noticed.
    for (let round = 0; round < 3 && breaker.state !== 'closed'; round += 1) {
      await clock.advance(OPEN_MS)
      await breaker.outcome(() => 'up')
      await breaker.outcome(() => 'up')
    }
    expect(breaker.state, 'a permit was not given back').toBe('closed')
  }
}

const NO_SLOTS = { running: 0, queued: 0 }
