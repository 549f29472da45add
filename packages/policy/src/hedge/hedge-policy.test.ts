import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bulkhead } from '../bulkhead/bulkhead-policy.js'
import type { OperationContext } from '../promise/operation.js'
import { pipeline } from '../promise/pipeline.js'
import { constant } from '../retry/backoff.js'
import { retry } from '../retry/retry-options.js'
import { BUDGET_SPENT, FIRST_TRY, FURTHER_TRY, type RetryBudget } from '../retry-budget/retry-budget.js'
import { virtualClock, type VirtualClock } from '../testing/index.js'
import { timeout } from '../timeout/timeout.js'
import { hedge } from './hedge-policy.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install(() => 0.5)
})
afterEach(() => {
  clock[Symbol.dispose]()
})

interface Plan {
  readonly ms: number
  readonly error?: string
  readonly value?: unknown
}

/** An operation whose runs take and end as planned, in order; it keeps when they started and their signals. */
function runs(...plans: readonly Plan[]): {
  operation: (context: OperationContext) => Promise<unknown>
  starts: number[]
  signals: AbortSignal[]
} {
  const starts: number[] = []
  const signals: AbortSignal[] = []
  const operation = ({ signal }: OperationContext): Promise<unknown> => {
    const plan = plans[starts.length]!
    const value = plan.value ?? `run ${starts.length + 1}`
    starts.push(clock.now())
    signals.push(signal)
    return new Promise((resolve, reject) => {
      clock.setTimer(plan.ms, () =>
        plan.error === undefined ? resolve(value) : reject(new Error(plan.error)),
      )
    })
  }
  return { operation, starts, signals }
}

/** A budget that counts, and grants so many further tries. */
function ledger(grants: number): RetryBudget & { readonly entries: string[] } {
  const entries: string[] = []
  return {
    entries,
    start: () => (entries.push('started'), FIRST_TRY),
    admit: () => (entries.push('withdraw'), (grants -= 1) >= 0 ? FURTHER_TRY : BUDGET_SPENT),
    settle: (permit, _now, verdict) =>
      void entries.push(`${permit === FIRST_TRY ? 'ended' : 'returned'} ${verdict}`),
    remaining: () => Math.max(0, grants),
  }
}

describe('hedge policy', () => {
  it('starts nothing beside a run that is fast enough', async () => {
    const call = hedge({ delayMs: 20 })
    const { operation, starts } = runs({ ms: 19 })
    const value = call.execute(operation)
    await clock.runAll()
    expect(await value).toBe('run 1')
    expect(starts).toEqual([0])
    expect(await call.execute(() => 'synchronous')).toBe('synchronous')
    expect(clock.pending).toBe(0)
  })

  it('takes the first success, gives up the slow run and discards its result', async () => {
    const call = hedge({ delayMs: 20 })
    const events: unknown[] = []
    call.on('hedge', ({ attempt, delayMs }) => events.push([attempt, delayMs, clock.now()]))
    let cancelled = 0
    const body = new ReadableStream({ cancel: () => void (cancelled += 1) })
    const { operation, starts, signals } = runs({ ms: 500, value: { body } }, { ms: 5 })
    const value = call.execute(operation).then((result) => [result, clock.now()])
    await clock.advance(25)
    expect(await value).toEqual(['run 2', 25])
    expect([starts, events]).toEqual([[0, 20], [[2, 20, 20]]])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(signals[0]!.reason).toMatchObject({ code: 'WT_HEDGE_OVERTAKEN' })
    await clock.runAll()
    expect(cancelled).toBe(1)
  })

  it('starts at most as many as allowed, the delay apart, or all at once without one', async () => {
    const spaced = runs({ ms: 100 }, { ms: 100 }, { ms: 100 })
    const value = hedge({ delayMs: 10, extra: 2 }).execute(spaced.operation)
    await clock.runAll()
    expect(await value).toBe('run 1')
    expect(spaced.starts).toEqual([0, 10, 20])
    const start = clock.now()
    const together = runs({ ms: 30 }, { ms: 10 }, { ms: 20 })
    const fastest = hedge({ delayMs: 0, extra: 2 }).execute(together.operation)
    await clock.runAll()
    expect(await fastest).toBe('run 2')
    expect(together.starts).toEqual([start, start, start])
  })

  it('fails at once when all runs that were started have failed', async () => {
    const call = hedge({ delayMs: 20, extra: 2 })
    const alone = runs({ ms: 5, error: 'first' })
    const failure = call.outcome(alone.operation)
    await clock.advance(5)
    expect(await failure).toMatchObject({ reason: 'failure', error: { message: 'first' } })
    expect([alone.starts.length, clock.pending]).toEqual([1, 0])
    const both = runs({ ms: 25, error: 'first' }, { ms: 10, error: 'second' })
    const second = call.outcome(both.operation)
    await clock.advance(30)
    expect(await second).toMatchObject({ reason: 'failure', error: { message: 'first' } })
    expect(await call.outcome(() => Promise.reject(new Error('x')))).toMatchObject({ reason: 'failure' })
    expect(clock.pending).toBe(0)
  })

  it('waits for the other run when one has failed, also when a result is a failure', async () => {
    const call = hedge({ delayMs: 20, whenResult: (value) => value === 503 })
    for (const first of [
      { ms: 25, error: 'down' },
      { ms: 25, value: 503 },
    ]) {
      const { operation } = runs(first, { ms: 50 })
      const value = call.execute(operation)
      await clock.runAll()
      expect(await value).toBe('run 2')
    }
    const bad = call.execute(() => 503)
    expect(await bad).toBe(503)
  })

  it('treats a predicate that throws as a failed run', async () => {
    const call = hedge({
      delayMs: 20,
      whenResult: () => {
        throw new Error('predicate')
      },
    })
    await expect(call.execute(() => 1)).rejects.toThrow('predicate')
  })

  it('never hedges what is not idempotent, unless told', async () => {
    for (const nonIdempotent of [false, true]) {
      const { operation, starts } = runs({ ms: 50 }, { ms: 50 })
      const value = hedge({ delayMs: 10, nonIdempotent }).execute(operation, { idempotent: false })
      await clock.runAll()
      expect(await value).toBe('run 1')
      expect(starts).toHaveLength(nonIdempotent ? 2 : 1)
    }
  })

  it('learns the delay from calls, and counts a run that was overtaken', async () => {
    const call = hedge({ quantile: 0.5, minimumSamples: 2 })
    for (let sample = 0; sample < 2; sample++) {
      const value = call.execute(runs({ ms: 100 }).operation)
      await clock.runAll()
      await value
    }
    const { operation, starts } = runs({ ms: 10_000 }, { ms: 10 })
    const start = clock.now()
    const value = call.execute(operation)
    await clock.runAll()
    expect(await value).toBe('run 2')
    expect(starts[1]! - start).toBeGreaterThanOrEqual(100)
    expect(starts[1]! - start).toBeLessThan(120)
  })

  it('gives up all runs when its caller does, with the reason of its caller', async () => {
    const call = hedge({ delayMs: 10, extra: 2 })
    const controller = new AbortController()
    const { operation, signals } = runs({ ms: 1_000 }, { ms: 1_000 })
    const outcome = call.outcome(operation, { signal: controller.signal })
    await clock.advance(15)
    controller.abort('enough')
    expect(await outcome).toEqual({ ok: false, reason: 'abort', error: 'enough' })
    expect(signals.map(({ reason }) => reason as unknown)).toEqual(['enough', 'enough'])
    await clock.runAll()
    expect(signals).toHaveLength(2)
  })

  it('survives an operation or a listener that aborts the call while a further run starts', async () => {
    for (const who of ['operation', 'listener']) {
      const budget = ledger(5)
      const call = hedge({ delayMs: 10, budget })
      const controller = new AbortController()
      if (who === 'listener') call.on('hedge', () => controller.abort('now'))
      const signals: AbortSignal[] = []
      const operation = ({ signal, attempt }: OperationContext): Promise<never> => {
        signals.push(signal)
        if (attempt === 2) controller.abort('now')
        return new Promise(() => {})
      }
      const outcome = call.outcome(operation, { signal: controller.signal })
      await clock.advance(10)
      expect(await outcome).toMatchObject({ reason: 'abort', error: 'now' })
      expect(signals.map(({ aborted }) => aborted)).toEqual(who === 'listener' ? [true] : [true, true])
      expect(budget.entries.toSorted()).toEqual(['ended ignored', 'returned ignored', 'started', 'withdraw'])
    }
  })

  it('draws on the budget, and reports every run to it once', async () => {
    const budget = ledger(1)
    const call = hedge({ delayMs: 10, extra: 3, budget })
    const { operation, starts } = runs({ ms: 100 }, { ms: 50 })
    const value = call.execute(operation)
    await clock.runAll()
    expect(await value).toBe('run 2')
    expect(starts).toEqual([0, 10])
    const spent = ['started', 'withdraw', 'withdraw', 'returned success', 'ended ignored']
    expect(budget.entries).toEqual(spent)
    await call.execute(() => 'alone', { idempotent: false })
    expect(budget.entries.slice(spent.length)).toEqual(['started', 'ended success'])
  })

  it('counts a first try once when a retry further out shares the budget', async () => {
    const budget = ledger(9)
    const call = pipeline(
      retry({ attempts: 2, backoff: constant({ ms: 0 }), budget }),
      hedge({ delayMs: 10, budget }),
    )
    const value = call.execute(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('no')) : attempt))
    await clock.runAll()
    expect(await value).toBe(2)
    expect(budget.entries).toEqual(['started', 'ended failure', 'withdraw', 'returned success'])
  })

  it('starts no further run that has no time left, and is ended by a timeout further out', async () => {
    const { operation, starts, signals } = runs({ ms: 1_000 }, { ms: 1_000 }, { ms: 1_000 })
    const call = pipeline(timeout({ ms: 25 }), hedge({ delayMs: 10, extra: 5 }))
    const outcome = call.outcome(operation)
    await clock.advance(25)
    expect(await outcome).toMatchObject({ reason: 'failure', error: { code: 'WT_TIMEOUT' } })
    expect(starts).toEqual([0, 10, 20])
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
  })

  it('stops hedging when a policy further in refuses a further run', async () => {
    const inner = bulkhead({ concurrency: 1 })
    const call = pipeline(hedge({ delayMs: 10, extra: 5 }), inner)
    const refusals: unknown[] = []
    call.on('refusal', ({ code }) => refusals.push(code))
    const { operation } = runs({ ms: 100 })
    const value = call.execute(operation)
    await clock.runAll()
    expect(await value).toBe('run 1')
    expect(refusals).toEqual(['WT_BULKHEAD_FULL'])
    expect(inner.running).toBe(0)
  })

  it('leaves a bulkhead further out its slot until an overtaken run has really ended', async () => {
    const outer = bulkhead({ concurrency: 1 })
    const call = pipeline(outer, hedge({ delayMs: 10 }))
    const value = call.execute(runs({ ms: 100 }, { ms: 5 }).operation)
    await clock.advance(15)
    expect(await value).toBe('run 2')
    expect(outer.running).toBe(1)
    await clock.runAll()
    expect(outer.running).toBe(0)
  })

  it('keeps the budget in balance and leaves nothing behind, however runs and aborts fall', async () => {
    const run = fc.record({ ms: fc.nat(40), error: fc.option(fc.constant('down'), { nil: undefined }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(run, { minLength: 4, maxLength: 4 }),
        fc.nat(3),
        fc.nat(60),
        async (all, grants, abortAt) => {
          const budget = ledger(grants)
          const inner = bulkhead({ concurrency: Infinity })
          const call = pipeline(hedge({ delayMs: 10, extra: 3, budget }), inner)
          const controller = new AbortController()
          const plans = all.map(({ ms, error }) => (error === undefined ? { ms } : { ms, error }))
          const { operation, starts } = runs(...plans)
          const outcome = call.outcome(operation, { signal: controller.signal })
          clock.setTimer(abortAt, () => controller.abort('enough'))
          await clock.runAll()
          const count = (entry: string): number =>
            budget.entries.filter((each) => each.startsWith(entry)).length
          expect(await outcome).toMatchObject({ ok: expect.any(Boolean) as boolean })
          expect(starts.length).toBeLessThanOrEqual(1 + grants)
          expect([count('started'), count('ended')]).toEqual([1, 1])
          expect(count('returned')).toBe(starts.length - 1)
          expect([inner.running, clock.pending]).toEqual([0, 0])
        },
      ),
    )
  })

  it('changes its options live', async () => {
    const call = hedge({ delayMs: 10 })
    call.reconfigure({ delayMs: 40 })
    const { operation, starts } = runs({ ms: 100 }, { ms: 100 })
    const value = call.execute(operation)
    await clock.runAll()
    await value
    expect(starts).toEqual([0, 40])
  })

  it('refuses options that it does not know', () => {
    expect(() => hedge({ delayMs: 1, delay: 2 } as never)).toThrow(
      "cannot create hedge: unknown option 'delay'",
    )
    expect(() => hedge({ delayMs: 1, budget: 3 as never })).toThrow('budget must be a retry budget')
    expect(() => hedge(undefined as never)).toThrow(
      'cannot create hedge: options must be an object, got undefined',
    )
  })
})
