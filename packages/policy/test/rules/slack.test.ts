import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import {
  bulkhead,
  circuitBreaker,
  pipeline,
  retry,
  retryBudget,
  timeout,
  type Policy,
  type RetryBudget,
} from '../../src/index.js'
import { replaceRuntime } from '../../src/clock/runtime.js'
import { slackOf, type Undated } from '../../src/clock/slack.js'
import { systemClock } from '../../src/clock/system-clock.js'
import { virtualClock, type VirtualClock } from '../../src/testing/index.js'

const SLACK_MS = 10
const LIMIT_MS = 640

let restore = (): void => {}
afterEach(() => {
  restore()
  vi.useRealTimers()
})

/** A clock that stands still until it is moved, and allows for slack as the platform's does. */
function slackClock(): VirtualClock {
  const clock: VirtualClock = Object.assign(virtualClock(), { slackMs: SLACK_MS })
  restore = replaceRuntime({ clock })
  return clock
}

const hang = (): Promise<never> => new Promise(() => {})

it('a time limit passes at most the slack late, and never early, whenever its call began', async () => {
  const starts = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 })
  const durations = fc.constantFrom(0, 1, 9, 10, 11, 25, 'for ever' as const)
  const property = fc.asyncProperty(starts, fc.infiniteStream(durations), async (startsMs, durationsMs) => {
    const clock = slackClock()
    const call = pipeline(bulkhead({ concurrency: 99 }), timeout({ ms: LIMIT_MS }))
    const lasted: [number | string, number, boolean][] = []
    for (const startMs of startsMs) {
      clock.setTimer(startMs, () => {
        const takes = durationsMs.next().value
        const operation = (): Promise<void> =>
          takes === 'for ever'
            ? hang()
            : new Promise((resolve) => void clock.setTimer(takes, () => resolve()))
        void call.outcome(operation).then(({ ok }) => lasted.push([takes, clock.now() - startMs, ok]))
      })
    }
    await clock.advance(2 * LIMIT_MS)
    expect(lasted).toHaveLength(startsMs.length)
    for (const [takes, lastedMs, ok] of lasted) {
      if (takes !== 'for ever') expect([lastedMs, ok]).toEqual([takes, true])
      else {
        expect(ok).toBe(false)
        expect(lastedMs).toBeGreaterThanOrEqual(LIMIT_MS)
        expect(lastedMs).toBeLessThanOrEqual(LIMIT_MS + SLACK_MS)
      }
    }
    expect(clock.pending).toBe(0)
    restore()
  })
  await fc.assert(property, { numRuns: 200 })
})

it('a call that is over within the slack has read no clock but for the first, nor set a timer', async () => {
  const clock = slackClock()
  const now = vi.spyOn(clock, 'now')
  const setTimer = vi.spyOn(clock, 'setTimer')
  const call = pipeline(
    timeout({ ms: 3_000 }),
    retry({ attempts: 3, budget: retryBudget() }),
    circuitBreaker({ window: { calls: 100 } }),
    timeout({ ms: 1_000 }),
  )
  for (let calls = 0; calls < 100; calls += 1) expect(await call.execute(async () => calls)).toBe(calls)
  expect([now.mock.calls.length, setTimer.mock.calls.length]).toEqual([1, 1])
})

it('all pipelines share one timer and one reading of the clock, down to a limit of 640 ms', async () => {
  const clock = slackClock()
  const now = vi.spyOn(clock, 'now')
  const setTimer = vi.spyOn(clock, 'setTimer')
  const calls = [LIMIT_MS, LIMIT_MS, 5_000].map((ms) =>
    pipeline(bulkhead({ concurrency: 9 }), timeout({ ms })),
  )
  for (const call of [...calls, ...calls]) void call.outcome(hang)
  expect([now.mock.calls.length, setTimer.mock.calls.length]).toEqual([1, 1])
  await clock.advance(SLACK_MS)
  // From now on there is one for each limit.
  expect(clock.pending).toBe(2)
})

it('a wait is listed once until it is dated, however often it begins', async () => {
  const clock = slackClock()
  const slack = slackOf(clock, LIMIT_MS)!
  const datedAt: number[] = []
  const wait: Undated = { isListed: false, date: (now) => void datedAt.push(now) }
  slack.list(wait)
  expect([wait.isListed, slackOf(clock, 2 * LIMIT_MS)]).toEqual([true, slack])
  await clock.advance(SLACK_MS)
  expect([wait.isListed, datedAt]).toEqual([false, [SLACK_MS]])
})

it('who asks for the deadline is told one that is kept to the millisecond', async () => {
  const clock = slackClock()
  const call = pipeline(timeout({ ms: 5_000 }), retry({ attempts: 1 }), timeout({ ms: LIMIT_MS }))
  await clock.advance(7)
  void call.outcome(hang)
  await clock.advance(3)
  let deadline = 0
  const asked = call.outcome((context) => {
    deadline = context.deadline
    return hang()
  })
  expect(deadline).toBe(10 + LIMIT_MS)
  await clock.advance(LIMIT_MS)
  expect(await asked).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
})

it('a try that fails within the slack leaves the next ones what the whole call has left', async () => {
  const clock = slackClock()
  const call = pipeline(timeout({ ms: 1_000 }), retry({ attempts: 9 }), timeout({ ms: 700 }))
  const outcome = call.outcome(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('down')) : hang()))
  let endedAt = 0
  void outcome.then(() => (endedAt = clock.now()))
  await clock.advance(3_000)
  expect(await outcome).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('1000 ms') as string },
  })
  expect(endedAt).toBeGreaterThanOrEqual(1_000)
  expect(endedAt).toBeLessThanOrEqual(1_000 + SLACK_MS)
})

it('short limits, single policies and budgets that need the time have no slack', async () => {
  const clock = slackClock()
  const budgets = [retryBudget({ ttlMs: 50 }), wholeBudget()]
  const short = timeout({ ms: LIMIT_MS - 1 })
  const exact = [
    [short, LIMIT_MS - 1],
    [timeout({ ms: LIMIT_MS }), LIMIT_MS],
    [pipeline(bulkhead({ concurrency: 9 }), short), LIMIT_MS - 1],
    ...budgets.map((budget) => [
      pipeline(retry({ attempts: 1, budget }), timeout({ ms: LIMIT_MS })),
      LIMIT_MS,
    ]),
  ] as const
  for (const [policy, limitMs] of exact as readonly (readonly [Policy, number])[]) {
    await clock.advance(3)
    const startedAt = clock.now()
    const lastedMs: number[] = []
    for (let call = 0; call < 2; call += 1)
      void policy.outcome(hang).then(() => lastedMs.push(clock.now() - startedAt))
    await clock.advance(2 * LIMIT_MS)
    expect(lastedMs).toEqual([limitMs, limitMs])
  }
})

/** A budget of a user's own, which may count on every millisecond. */
function wholeBudget(): RetryBudget {
  return { start: () => 1, admit: () => 2, settle: () => {}, remaining: () => 1 }
}

it('fake timers get every limit to the millisecond, also while the platform still looks after earlier calls', async () => {
  const call = pipeline(bulkhead({ concurrency: 9 }), timeout({ ms: 1_000 }))
  expect(await call.execute(async () => 'in real time')).toBe('in real time')
  vi.useFakeTimers()
  const outcomes = [call.outcome(hang), call.outcome(hang)]
  await vi.advanceTimersByTimeAsync(999)
  expect(await Promise.race([...outcomes, Promise.resolve('none yet')])).toBe('none yet')
  await vi.advanceTimersByTimeAsync(1)
  for (const outcome of await Promise.all(outcomes))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
})

it('a budget is told the time of fake timers, and not when the platform last looked', async () => {
  vi.useFakeTimers()
  const budget = retryBudget({ ratio: 1, minimumPerSecond: 0 })
  const call = pipeline(retry({ attempts: 2, budget }), timeout({ ms: 1_000 }))
  vi.advanceTimersByTime(60_000)
  expect(await call.execute(async () => 'counted')).toBe('counted')
  expect(budget.remaining(systemClock.now())).toBe(1)
})

it("the platform's clock has slack, and a limit by it passes after no less than its time", async () => {
  expect(systemClock.slackMs).toBe(SLACK_MS)
  const call = pipeline(bulkhead({ concurrency: 9 }), timeout({ ms: LIMIT_MS }))
  const startedAt = performance.now()
  expect(await call.outcome(hang)).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(LIMIT_MS)
})
