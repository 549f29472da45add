import {
  bulkhead,
  cache,
  circuitBreaker,
  constant,
  fallback,
  hedge,
  pipeline,
  retry,
  retryBudget,
  timeout,
} from '@watertight/policy'
import { virtualClock } from '@watertight/policy/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorReason } from './error-reason.js'
import { failureReason } from './failure-reason.js'
import { createTelemetry, type ServiceTelemetry } from './telemetry.js'

const reset = Object.assign(new Error('connection reset by 10.0.0.7'), { code: 'ECONNRESET' })
const fail = (): Promise<never> => Promise.reject(reset)

let clock: ReturnType<typeof virtualClock>
let telemetry: ServiceTelemetry
let restore: () => void
beforeEach(() => {
  clock = virtualClock()
  restore = clock.install()
  telemetry = createTelemetry({ service: 'order', now: () => clock.now() })
})
afterEach(() => {
  restore()
})

/** Every sample of what policies did, without what they have in common. */
function told(): string[] {
  return telemetry
    .expose()
    .body.split('\n')
    .filter((line) => /^watertight_(?!client|server|telemetry)/.test(line) && !line.endsWith(' 0'))
    .map((line) => line.replace('watertight_', '').replace('service="order",destination="payment"', ''))
}

describe('events', () => {
  it('count retries by reason and by what came of them, refusals, and the breaker', async () => {
    const breaker = circuitBreaker({ window: { calls: 4 }, minimumCalls: 2 })
    const policy = pipeline(retry({ attempts: 2, backoff: constant({ ms: 0 }) }), breaker)
    telemetry.destination({ to: 'payment', policy })
    const outcomes = [policy.outcome(fail), clock.runAll()]
    await Promise.all(outcomes)
    await policy.outcome(fail)
    expect(told()).toEqual([
      'retries_total{,reason="ECONNRESET",outcome="retried"} 1',
      'retries_total{,reason="ECONNRESET",outcome="attempts"} 1',
      'refusals_total{,policy="circuit-breaker",code="WT_CIRCUIT_OPEN"} 1',
      'circuit_breaker_transitions_total{,from_state="closed",to_state="open",trigger="failure-rate"} 1',
      'circuit_breaker_state{,state="open"} 1',
    ])
  })

  it('tell a retry after a result from one after an error', async () => {
    const policy = retry({
      attempts: 2,
      backoff: constant({ ms: 0 }),
      whenResult: (result) => result === 503,
    })
    telemetry.destination({ to: 'payment', policy })
    await Promise.all([policy.outcome(async () => 503), clock.runAll()])
    expect(told()).toEqual([
      'retries_total{,reason="result",outcome="retried"} 1',
      'retries_total{,reason="result",outcome="attempts"} 1',
    ])
  })

  it('count fallbacks, time limits, hedges and cache look-ups', async () => {
    const policy = pipeline(
      fallback({ value: 0 }),
      cache({ ttlMs: 1_000 }),
      timeout({ ms: 100 }),
      hedge({ delayMs: 10 }),
    )
    telemetry.destination({ to: 'payment', policy })
    const outcome = policy.outcome(() => new Promise<number>(() => {}), { key: 'a' })
    await clock.runAll()
    await outcome
    expect(told()).toEqual([
      'hedges_total{} 1',
      'fallbacks_total{,reason="WT_TIMEOUT"} 1',
      'timeouts_total{} 1',
      'cache_lookups_total{,result="miss"} 1',
    ])
  })
})

it('a destination that is set up anew counts nothing twice', async () => {
  const policy = fallback({ value: 0 })
  for (let time = 0; time < 300; time++) telemetry.destination({ to: 'payment', policy })
  await policy.outcome(fail)
  expect(told()).toEqual(['fallbacks_total{,reason="ECONNRESET"} 1'])
})

it('codes that are none are bounded', async () => {
  const policy = fallback({ value: 0 })
  telemetry.destination({ to: 'payment', policy })
  for (let code = 0; code < 1_010; code++) {
    await policy.outcome(() => Promise.reject(Object.assign(new Error('odd'), { code: `E${code}` })))
  }
  expect(told()).toHaveLength(1_001)
  expect(telemetry.expose().body).toContain(
    'watertight_fallbacks_total{service="other",destination="other",reason="other"} 10\n',
  )
})

describe('parts', () => {
  it('are read at every scrape', async () => {
    const breaker = circuitBreaker()
    const slots = bulkhead({ concurrency: 1, queue: 5 })
    const budget = retryBudget({ minimumPerSecond: 1, ttlMs: 1_000 })
    telemetry.destination({ to: 'payment', policy: slots, parts: { breaker, bulkhead: slots, budget } })
    let finish = (_value: number): void => {}
    const first = slots.outcome(() => new Promise<number>((resolve) => (finish = resolve)))
    const second = slots.outcome(async () => 2)
    breaker.force('open')
    expect(told()).toEqual([
      'queued_total{,policy="bulkhead"} 1',
      'circuit_breaker_state{,state="forced-open"} 1',
      'retry_budget_remaining{} 1',
      'bulkhead_running{} 1',
      'bulkhead_queued{} 1',
    ])
    finish(1)
    await Promise.all([first, second])
    breaker.force(undefined)
    budget.admit(clock.now())
    expect(told()).toEqual(['queued_total{,policy="bulkhead"} 1', 'circuit_breaker_state{,state="closed"} 1'])
  })

  it('tell what a breaker that only observes would have refused', async () => {
    const breaker = circuitBreaker({ window: { calls: 2 }, minimumCalls: 2 })
    breaker.force('observe')
    telemetry.destination({ to: 'payment', policy: breaker, parts: { breaker } })
    for (let call = 0; call < 5; call++) await breaker.outcome(fail)
    const counted = 'would_refuse_total{,policy="circuit-breaker",code="WT_CIRCUIT_OPEN"} 3'
    expect(told()).toContain(counted)
    // The breaker forgets its own count when it is told to enforce; a counter never goes back.
    breaker.force(undefined)
    expect(told()).toContain(counted)
  })

  it('may come and go', () => {
    const parts: { bulkhead?: { running: number; queued: number }; adaptiveLimit?: { limit: number } } = {}
    telemetry.destination({ to: 'payment', policy: circuitBreaker(), parts })
    expect(telemetry.expose().body).not.toContain('destination="payment",state=')
    expect(told()).toEqual([])
    parts.bulkhead = { running: 2, queued: 1 }
    parts.adaptiveLimit = { limit: 20 }
    expect(told()).toEqual(['bulkhead_running{} 2', 'bulkhead_queued{} 1', 'adaptive_limit{} 20'])
    delete parts.bulkhead
    expect(told()).toEqual(['adaptive_limit{} 20'])
  })

  it('that are registered anew replace the old ones', () => {
    telemetry.destination({ to: 'payment', parts: { bulkhead: { running: 1, queued: 0 } } })
    telemetry.destination({ to: 'payment', parts: { bulkhead: { running: 2, queued: 0 } } })
    expect(told()).toEqual(['bulkhead_running{} 2'])
  })
})

it.each([
  [reset, 'ECONNRESET'],
  [Object.assign(new Error('busy'), { status: 503 }), 'status_503'],
  [new TypeError('user 4711 is unknown'), 'TypeError'],
  [Object.assign(new Error('odd'), { code: 'user 4711' }), 'Error'],
  [Object.assign(new Error('odd'), { code: 'X'.repeat(100), name: '' }), 'unknown'],
  ['a thrown text', 'unknown'],
  [null, 'unknown'],
  [undefined, 'result'],
])('a label holds no message: %s', (error, expected) => {
  expect(errorReason(error)).toBe(expected)
})

it.each<[string, { error: unknown; value: unknown }, string]>([
  ['an answer that was no good', { error: undefined, value: { status: 503 } }, 'status_503'],
  ['any other result', { error: undefined, value: 'half' }, 'result'],
  ['an error', { error: Object.assign(new Error('no'), { code: 'WT_RESET' }), value: undefined }, 'WT_RESET'],
])('a retry after %s says so', (_name, failed, expected) => {
  expect(failureReason(failed)).toBe(expected)
})
