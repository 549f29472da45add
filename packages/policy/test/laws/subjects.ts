import { expect } from 'vitest'
import {
  AdaptiveLimit,
  aimd,
  Bulkhead,
  CircuitBreaker,
  concurrencyBudget,
  FURTHER_TRY,
  gradient2,
  RateLimit,
  retryBudget,
  tokenBudget,
  vegas,
  type Admission,
  type CircuitRefusal,
  type LimitAlgorithmFactory,
  type RateLimitOptions,
  type Refusal,
  type RetryBudget,
  type Verdict,
} from '../../src/decisions.js'
import type { Call, World } from './world.js'

/** One decision under the laws, and what is particular to it. */
export interface Subject<D extends Admission = Admission> {
  readonly name: string
  create(): D
  /** All that can be seen of it. */
  view(decision: D, now: number): unknown
  /** Its bound, checked whenever something has started. */
  bound(world: World<D>): void
  /** That a call began is counted, whatever becomes of it. */
  readonly countsStarts?: boolean
  /** A call that goes on is counted, while it does. */
  readonly countsRunning?: boolean
  /** A refusal whose `retryAfterMs` is a promise, if nothing else happens meanwhile. */
  promises?: (refusal: Refusal) => boolean
  /** Carries its state over, into a decision just made. `false` when this moment cannot be carried over exactly. */
  carryOver?: (from: D, to: D, now: number) => boolean
}

const half = (): number => 0.5
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

function breaker(
  name: string,
  options: ConstructorParameters<typeof CircuitBreaker>[0],
): Subject<CircuitBreaker> {
  const halfOpenCalls = options.halfOpenCalls ?? 5
  return {
    name: `circuit breaker, ${name}`,
    create: () => new CircuitBreaker({ openForMs: 50, ...options }, half),
    countsRunning: options.slowCalls !== undefined,
    view: (decision, now) => [decision.state(now), decision.metrics(now)],
    bound({ decision, now, running, starts }) {
      const state = decision.state(now)
      expect(state).not.toBe('open')
      const { calls } = decision.metrics(now)
      if (state === 'half-open') expect(calls).toBeLessThanOrEqual(halfOpenCalls)
      expect(running.length).toBeLessThanOrEqual(starts.length)
    },
    promises: (refusal) => (refusal as CircuitRefusal).state === 'open',
    carryOver(from, to, now) {
      to.restore(plain(from.snapshot(now, 5_000)), now, 5_000)
      return from.state(now) !== 'half-open'
    },
  }
}

function bulkhead(concurrency: number, queue: number): Subject<Bulkhead<Call>> {
  return {
    name: `bulkhead of ${concurrency}, queue of ${queue}`,
    create: () => new Bulkhead<Call>({ concurrency, queue, maxWaitMs: 60 }),
    view: ({ running, queued }) => [running, queued],
    bound({ decision, running, waiting }) {
      expect(running.length).toBeLessThanOrEqual(concurrency)
      expect([decision.running, decision.queued]).toEqual([running.length, waiting.length])
      expect(waiting.length).toBeLessThanOrEqual(queue)
    },
  }
}

function adaptive(name: string, algorithm: LimitAlgorithmFactory): Subject<AdaptiveLimit<Call>> {
  return {
    name: `adaptive limit, ${name}`,
    create: () => new AdaptiveLimit<Call>({ algorithm, initialLimit: 3, maxLimit: 6, queue: 3 }, half),
    view: ({ limit, inFlight, queued }) => [limit, inFlight, queued],
    bound({ decision, running, waiting }) {
      expect(running.length).toBeLessThanOrEqual(decision.limit)
      expect([decision.inFlight, decision.queued]).toEqual([running.length, waiting.length])
      expect(waiting.length).toBeLessThanOrEqual(3)
    },
    carryOver(from, to) {
      to.restore(plain(from.snapshot()))
      return false
    },
  }
}

function rate(options: RateLimitOptions): Subject<RateLimit<Call>> {
  const { algorithm, limit, maxWaitMs = 0 } = options
  return {
    name: `rate limit, ${algorithm}, wait of ${maxWaitMs}`,
    countsStarts: true,
    create: () => new RateLimit<Call>({ perMs: 100, queue: 3, ...options }),
    view: (decision, now) => [decision.queued, decision.snapshot(now, 0)],
    bound({ now, starts, decision, waiting }) {
      const recent = starts.filter((at) => at > now - 100 + 1e-6).length
      // A bucket may be full when the stretch begins.
      expect(recent).toBeLessThanOrEqual(algorithm === 'token-bucket' ? 2 * limit : limit)
      expect(decision.queued).toBe(waiting.length)
      expect(waiting.length).toBeLessThanOrEqual(3)
    },
    promises: () => true,
    carryOver(from, to, now) {
      to.restore(plain(from.snapshot(now, 5_000)), now, 5_000)
      return true
    },
  }
}

/** A budget as a plain admission: a priority of 0 is the first try of a call, any other a further one. */
class Tries implements Admission {
  readonly budget: RetryBudget

  constructor(shared: RetryBudget) {
    this.budget = shared
  }

  admit(now: number, priority: number): number | Refusal {
    return priority === 0 ? this.budget.start(now) : this.budget.admit(now)
  }

  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    this.budget.settle(permit, now, verdict, durationMs)
  }
}

function budget(name: string, create: () => RetryBudget, furtherMax: number): Subject<Tries> {
  return {
    name: `retry budget, ${name}`,
    create: () => new Tries(create()),
    countsStarts: name === 'ratio',
    view: (tries, now) => tries.budget.remaining(now),
    bound({ decision, running, now }) {
      const remaining = decision.budget.remaining(now)
      expect(remaining >= 0 && Number.isInteger(remaining), `remaining ${remaining}`).toBe(true)
      // A first try may end before the further ones that it allowed.
      if (running.at(-1)?.permit !== FURTHER_TRY) return
      const further = running.filter(({ permit }) => permit === FURTHER_TRY).length
      expect(further).toBeLessThanOrEqual(Math.max(furtherMax, running.length - further))
    },
  }
}

const window = { calls: 4 }

export const subjects = [
  breaker('last calls', { window, minimumCalls: 2, halfOpenCalls: 2 }),
  breaker('rolling time', { window: { durationMs: 100 }, minimumCalls: 2, halfOpenCalls: 1 }),
  breaker('consecutive failures', { consecutiveFailures: 2, halfOpenCalls: 1, openGrowth: { maxMs: 200 } }),
  breaker('slow calls', { window, minimumCalls: 2, slowCalls: { overMs: 20, rate: 0.5 }, halfOpenCalls: 2 }),
  bulkhead(2, 3),
  bulkhead(1, 0),
  bulkhead(3, 1),
  adaptive('aimd', aimd({ timeoutMs: 30 })),
  adaptive('vegas', vegas()),
  adaptive('gradient2', gradient2({ windowMs: 1 })),
  ...(['token-bucket', 'sliding-window', 'smooth'] as const).flatMap((algorithm) => [
    rate({ algorithm, limit: 2 }),
    rate({ algorithm, limit: 2, maxWaitMs: 120 }),
  ]),
  budget('ratio', () => retryBudget({ ratio: 0.5, minimumPerSecond: 10, ttlMs: 100 }), Infinity),
  budget('tokens', () => tokenBudget({ maxTokens: 4, tokenRatio: 0.5 }), Infinity),
  budget('concurrency', () => concurrencyBudget({ ratio: 0.5, minimum: 1 }), 1),
]
