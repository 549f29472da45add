import fc from 'fast-check'
import {
  adaptiveLimit,
  aimd,
  bulkhead,
  cache,
  circuitBreaker,
  concurrencyBudget,
  exponential,
  fallback,
  gradient2,
  hedge,
  pipeline,
  rateLimit,
  retry,
  timeout,
  type AdaptiveLimitPolicy,
  type AdaptiveLimitPolicyOptions,
  type BulkheadPolicy,
  type BulkheadPolicyOptions,
  type CachePolicy,
  type CircuitBreakerPolicy,
  type Policy,
  type RateLimitPolicy,
  type RetryBudget,
} from '../../src/index.js'

/** What a fallback answers with: no operation ever returns it. */
export const FALLBACK: unique symbol = Symbol('fallback')

/** One policy as fast-check draws and prints it. */
export type Layer =
  | { readonly kind: 'fallback'; readonly afterMs: number | 'now' | 'throws' | 'rejects' }
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'retry'; readonly attempts: number; readonly delayMs: number; readonly budget: boolean }
  | {
      readonly kind: 'breaker'
      readonly failures: number
      readonly window: boolean
      readonly trials: number
      readonly trialsMs: number
    }
  | ({ readonly kind: 'bulkhead'; readonly concurrency: number } & Queueing)
  | ({ readonly kind: 'adaptive'; readonly limit: number; readonly aimd: boolean } & Queueing)
  | { readonly kind: 'hedge'; readonly extra: number; readonly delayMs: number; readonly budget: boolean }
  | { readonly kind: 'cache'; readonly ttlMs: number; readonly staleMs: number; readonly coalesce: boolean }
  | { readonly kind: 'rate'; readonly limit: number; readonly perMs: number; readonly maxWaitMs: number }

interface Queueing {
  readonly queue: number
  readonly maxWaitMs: number
  readonly releaseOnTimeout: boolean
}

/** How long an open circuit of these compositions stays open. */
export const OPEN_MS = 60

const ms = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const queueing = { queue: ms(0, 3), maxWaitMs: ms(1, 80), releaseOnTimeout: fc.boolean() }
const kind = <K extends Layer['kind']>(name: K): fc.Arbitrary<K> => fc.constant(name)

// With a long deadline, a permit of a trial call that was not given back shuts a half-open circuit for good.
const trialsMs = fc.constantFrom(OPEN_MS, 100_000)

const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({
    kind: kind('fallback'),
    afterMs: fc.oneof(ms(0, 40), fc.constantFrom('now', 'now', 'throws', 'rejects')),
  }),
  fc.record({ kind: kind('timeout'), ms: ms(1, 120) }),
  fc.record({ kind: kind('retry'), attempts: ms(1, 3), delayMs: ms(0, 30), budget: fc.boolean() }),
  fc.record({ kind: kind('breaker'), failures: ms(1, 3), window: fc.boolean(), trials: ms(1, 2), trialsMs }),
  fc.record({ kind: kind('bulkhead'), concurrency: ms(1, 3), ...queueing }),
  fc.record({ kind: kind('adaptive'), limit: ms(1, 3), aimd: fc.boolean(), ...queueing }),
  fc.record({ kind: kind('hedge'), extra: ms(1, 2), delayMs: ms(0, 30), budget: fc.boolean() }),
  fc.record({ kind: kind('cache'), ttlMs: ms(1, 60), staleMs: ms(0, 60), coalesce: fc.boolean() }),
  fc.record({ kind: kind('rate'), limit: ms(1, 4), perMs: ms(10, 80), maxWaitMs: ms(0, 60) }),
)

/** The order that the manifest uses, as a start for what is drawn at random. */
const usual: fc.Arbitrary<readonly Layer[]> = fc.constant([
  { kind: 'fallback', afterMs: 'now' },
  { kind: 'timeout', ms: 150 },
  { kind: 'retry', attempts: 3, delayMs: 10, budget: false },
  { kind: 'breaker', failures: 3, window: true, trials: 1, trialsMs: OPEN_MS },
  { kind: 'bulkhead', concurrency: 2, queue: 2, maxWaitMs: 40, releaseOnTimeout: false },
  { kind: 'timeout', ms: 40 },
] as const)

export const layers: fc.Arbitrary<readonly Layer[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(layer, { minLength: 1, maxLength: 7 }) },
  { weight: 1, arbitrary: usual },
)

/** The policies of one composition, by kind where a law looks into them. */
export interface Composition {
  readonly layers: readonly Layer[]
  readonly call: Policy<unknown>
  readonly policies: readonly Policy<unknown>[]
  readonly breakers: readonly CircuitBreakerPolicy[]
  readonly bulkheads: readonly BulkheadPolicy[]
  readonly adaptives: readonly AdaptiveLimitPolicy[]
  readonly rates: readonly RateLimitPolicy[]
  readonly caches: readonly CachePolicy[]
  readonly budget: RetryBudget
}

/** How a driver's callbacks answer when they cannot answer at once. */
export interface Later {
  value(value: unknown, afterMs: number): unknown
  error(error: Error): unknown
}

export function compose(drawn: readonly Layer[], later: Later, whenResult: Predicate): Composition {
  // As many further tries as first ones: what remains tells exactly how many of each are in flight.
  const budget = concurrencyBudget({ ratio: 0.5, minimum: 1 })
  const policies = drawn.map((one) => create(one, { budget, later, whenResult }))
  const only = <P extends Policy<unknown>>(wanted: Layer['kind']): P[] =>
    policies.filter((_, index) => drawn[index]!.kind === wanted) as unknown as P[]
  return {
    layers: drawn,
    call: pipeline(...policies),
    policies,
    breakers: only('breaker'),
    bulkheads: only('bulkhead'),
    adaptives: only('adaptive'),
    rates: only('rate'),
    caches: only('cache'),
    budget,
  }
}

/** Which results every policy that can tell takes for failures. */
type Predicate = ((value: unknown) => boolean) | undefined

interface Shared {
  readonly budget: RetryBudget
  readonly later: Later
  readonly whenResult: Predicate
}

function create(one: Layer, { budget: shared, later, whenResult }: Shared): Policy<unknown> {
  switch (one.kind) {
    case 'fallback':
      return fallback({ value: () => answer(one.afterMs, later), whenResult })
    case 'timeout':
      return timeout({ ms: one.ms })
    case 'retry': {
      const { attempts, delayMs } = one
      const backoff = exponential({ initialMs: delayMs, maxMs: delayMs, jitter: 'full' })
      return retry({ attempts, backoff, whenResult, ...(one.budget ? { budget: shared } : {}) })
    }
    case 'breaker': {
      const trip = one.window
        ? { window: { calls: 4 }, minimumCalls: one.failures, failureRate: 0.5 }
        : { consecutiveFailures: one.failures }
      const { trials: halfOpenCalls, trialsMs: halfOpenMaxMs } = one
      return circuitBreaker({ ...trip, openForMs: OPEN_MS, halfOpenCalls, halfOpenMaxMs, whenResult })
    }
    case 'bulkhead':
      return bulkhead(bulkheadOptions(one, one.concurrency))
    case 'adaptive':
      return adaptiveLimit({ ...adaptiveOptions(one, one.limit), whenResult })
    case 'hedge': {
      const { extra, delayMs } = one
      return hedge({ delayMs, extra, whenResult, ...(one.budget ? { budget: shared } : {}) })
    }
    case 'cache':
      return cache({
        ttlMs: one.ttlMs,
        staleWhileRevalidateMs: one.staleMs,
        staleIfErrorMs: one.staleMs,
        coalesce: one.coalesce,
        whenResult,
      })
    case 'rate': {
      const { limit, perMs, maxWaitMs } = one
      return rateLimit({ limit, perMs, maxWaitMs })
    }
  }
}

function bulkheadOptions(one: Layer & { kind: 'bulkhead' }, concurrency: number): BulkheadPolicyOptions {
  const { queue, maxWaitMs, releaseOnTimeout } = one
  return { concurrency, queue, maxWaitMs, releaseOnTimeout }
}

function adaptiveOptions(one: Layer & { kind: 'adaptive' }, limit: number): AdaptiveLimitPolicyOptions {
  const { queue, maxWaitMs, releaseOnTimeout } = one
  const algorithm = one.aimd ? aimd() : gradient2()
  const targetMs = Math.min(5, maxWaitMs)
  const bounds = { initialLimit: limit, maxLimit: limit, queue, targetMs, intervalMs: maxWaitMs }
  return { algorithm, ...bounds, releaseOnTimeout }
}

/** What an operator may do at any moment. */
export type Intervention = 'force open' | 'force closed' | 'let go' | 'narrow' | 'widen' | 'invalidate'

export const interventions: readonly Intervention[] = [
  ...(['force open', 'force closed', 'let go', 'narrow', 'widen', 'invalidate'] as const),
]

/** The largest limit of a composition, also after `widen`. */
const WIDEST = 3

export function intervene({ layers: drawn, ...parts }: Composition, how: Intervention): void {
  const forced = { 'force open': 'open', 'force closed': 'closed', 'let go': undefined } as const
  if (how in forced) for (const breaker of parts.breakers) breaker.force(forced[how as keyof typeof forced])
  if (how === 'invalidate') for (const one of parts.caches) one.invalidate()
  if (how !== 'narrow' && how !== 'widen') return
  const limit = how === 'narrow' ? 1 : WIDEST
  const bulkheads = drawn.filter((one) => one.kind === 'bulkhead')
  const adaptives = drawn.filter((one) => one.kind === 'adaptive')
  for (const [index, one] of bulkheads.entries())
    parts.bulkheads[index]!.reconfigure(bulkheadOptions(one, limit))
  for (const [index, one] of adaptives.entries())
    parts.adaptives[index]!.reconfigure(adaptiveOptions(one, limit))
}

function answer(afterMs: number | 'now' | 'throws' | 'rejects', later: Later): unknown {
  if (afterMs === 'now') return FALLBACK
  if (afterMs === 'throws') throw new Error('the fallback throws')
  if (afterMs === 'rejects') return later.error(new Error('the fallback rejects'))
  return later.value(FALLBACK, afterMs)
}

/** The longest that a call may take from here inward, when one run of the operation takes up to `runMs`. */
export function longestMs([outermost, ...inner]: readonly Layer[], runMs: number): number {
  if (outermost === undefined) return runMs
  const insideMs = longestMs(inner, runMs)
  switch (outermost.kind) {
    case 'timeout':
      return Math.min(outermost.ms, insideMs)
    case 'retry':
      return outermost.attempts * insideMs + (outermost.attempts - 1) * outermost.delayMs
    case 'hedge':
      return insideMs + outermost.extra * outermost.delayMs
    case 'fallback':
      return insideMs + (typeof outermost.afterMs === 'number' ? outermost.afterMs : 0)
    case 'bulkhead':
    case 'adaptive':
    case 'rate':
      return insideMs + outermost.maxWaitMs
    case 'breaker':
    case 'cache':
      return insideMs
  }
}

/** How often one call may run its operation. */
export function mostRuns(drawn: readonly Layer[]): number {
  return drawn.reduce((runs, one) => {
    if (one.kind === 'retry') return runs * one.attempts
    return one.kind === 'hedge' ? runs * (1 + one.extra) : runs
  }, 1)
}

/**
 * How many operations may run at once, those included that nobody waits for. Only a limit right around the
 * operation bounds that: a retry, a hedge or a cache further in starts more than one for each call let in.
 */
export function mostRunning(drawn: readonly Layer[], widened: boolean): number {
  const multiplies = drawn.findLastIndex(({ kind: one }) => ['retry', 'hedge', 'cache'].includes(one))
  const limits = drawn.slice(multiplies + 1).map((one) => {
    if (one.kind === 'bulkhead' && !one.releaseOnTimeout) return widened ? WIDEST : one.concurrency
    if (one.kind === 'adaptive' && !one.releaseOnTimeout) return widened ? WIDEST : one.limit
    return Infinity
  })
  return Math.min(...limits, Infinity)
}
