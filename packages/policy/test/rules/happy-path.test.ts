import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  bulkhead,
  circuitBreaker,
  exponential,
  fallback,
  pipeline,
  retry,
  retryBudget,
  timeout,
  timeoutUntil,
  type CallOptions,
  type EventType,
  type Policy,
} from '../../src/index.js'
import { seededRandom, virtualClock, type VirtualClock } from '../../src/testing/index.js'

/** Changes nothing, but has to see every result: calls through it cannot take the happy path. */
const onlooker = (): Policy<unknown> =>
  fallback({ value: undefined, when: () => false, whenResult: () => false })

const script = fc.record({
  startMs: fc.integer({ min: 0, max: 200 }),
  takesMs: fc.integer({ min: 0, max: 60 }),
  end: fc.constantFrom('returns', 'throws', 'resolves', 'rejects', 'hangs'),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  hasOptions: fc.boolean(),
  observesOutcome: fc.boolean(),
  result: fc.constantFrom('good', 'good', 'good', 'bad', 'odd'),
})

const shape = fc.record({
  order: fc.shuffledSubarray(['fallback', 'total', 'retry', 'breaker', 'bulkhead', 'attempt'] as const),
  window: fc.constantFrom({ calls: 4 }, { durationMs: 100 }),
  listensToEnds: fc.boolean(),
  /** Who looks at results. */
  judges: fc.subarray(['retry', 'breaker'] as const),
  /** A deadline from elsewhere. */
  untilMs: fc.constantFrom(undefined, Infinity, 120, 1_000, 'throws' as const),
})

const EVENTS: readonly EventType[] = [
  'refusal',
  'retry',
  'retry-stopped',
  'timeout',
  'queued',
  'fallback',
  'state',
]
const ENDS: readonly EventType[] = ['success', 'failure', 'refused', 'aborted']

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

/** A predicate that throws for what it cannot read. */
function isBad(value: unknown): boolean {
  if (String(value).includes('odd')) throw new Error('unreadable')
  return String(value).includes('bad')
}

function policiesOf({ order, window, judges, untilMs }: Shape) {
  const judging = (name: 'retry' | 'breaker') => (judges.includes(name) ? { whenResult: isBad } : {})
  const until = (): number => {
    if (untilMs === 'throws') throw new Error('no deadline to be had')
    return untilMs ?? Infinity
  }
  const breaker = circuitBreaker({
    window,
    minimumCalls: 3,
    failureRate: 0.5,
    openForMs: 40,
    halfOpenCalls: 2,
    ...judging('breaker'),
  })
  const slots = bulkhead({ concurrency: 2, queue: 1, maxWaitMs: 30 })
  const budget = retryBudget({ ratio: 0.5, minimumPerSecond: 1, ttlMs: 1_000 })
  const steps = {
    fallback: fallback({ value: 'instead', when: (error) => String(error).includes('answered') }),
    total: untilMs === undefined ? timeout({ ms: 90 }) : timeoutUntil({ ms: 90, until }),
    retry: retry({
      attempts: 3,
      backoff: exponential({ initialMs: 2, maxMs: 9, jitter: 'decorrelated' }),
      budget,
      ...judging('retry'),
    }),
    breaker,
    bulkhead: slots,
    attempt: timeout({ ms: 25 }),
  }
  return { breaker, slots, budget, steps: order.map((name) => steps[name]) }
}

function operationOf({ end, takesMs, result: kind }: Script, clock: VirtualClock, id: number) {
  return ({ attempt, deadline }: { attempt: number; deadline: number }): unknown => {
    const result = `${kind} call ${id} attempt ${attempt} until ${deadline}`
    if (end === 'returns') return result
    if (end === 'throws') throw new Error(`${result} answered`)
    return new Promise((resolve, reject) => {
      if (end === 'hangs') return
      clock.setTimer(takesMs, () => (end === 'resolves' ? resolve(result) : reject(new Error(result))))
    })
  }
}

/** Everything that can be seen of these calls, in order and with times. */
async function observe(watched: boolean, how: Shape, scripts: readonly Script[]): Promise<readonly string[]> {
  const clock = virtualClock()
  const restore = clock.install(seededRandom(1))
  const seen: string[] = []
  const note = (text: string): void => {
    seen.push(`${clock.now()} ${text}`)
  }
  const { steps, breaker, slots, budget } = policiesOf(how)
  const policy = pipeline(...(watched ? [onlooker(), ...steps] : steps))
  for (const type of [...EVENTS, ...(how.listensToEnds ? ENDS : [])]) {
    policy.on(type, (event) => {
      note(JSON.stringify(event, (_key, value: unknown) => (value instanceof Error ? value.message : value)))
    })
  }
  for (const [id, plan] of scripts.entries()) {
    clock.setTimer(plan.startMs, () => {
      const controller = new AbortController()
      const { abortAfterMs } = plan
      if (abortAfterMs !== undefined) clock.setTimer(abortAfterMs, () => controller.abort(`gone ${id}`))
      const options: CallOptions | undefined =
        abortAfterMs !== undefined
          ? { signal: controller.signal }
          : plan.hasOptions
            ? { priority: 1 }
            : undefined
      const operation = operationOf(plan, clock, id)
      const end = plan.observesOutcome
        ? policy.outcome(operation, options)
        : policy.execute(operation, options)
      end.then(
        (value) =>
          note(`${id} fulfilled ${JSON.stringify(value)} ${String((value as { error?: unknown }).error)}`),
        (error: unknown) => note(`${id} rejected ${String(error)}`),
      )
    })
  }
  await clock.advance(2_000)
  note(JSON.stringify([breaker.state, breaker.metrics, slots.queued, budget.remaining(clock.now())]))
  restore()
  return seen
}

const plainly = {
  takesMs: 0,
  abortAfterMs: undefined,
  hasOptions: false,
  observesOutcome: false,
  result: 'good',
} as const

/** A slot must stay taken by what goes on running, also in a frame that an earlier call has left such a run behind in. */
const slotsOfAbandonedRuns: { how: Shape; scripts: Script[] } = {
  how: {
    order: ['retry', 'bulkhead', 'attempt'],
    window: { calls: 4 },
    listensToEnds: false,
    judges: [],
    untilMs: undefined,
  },
  scripts: [
    { ...plainly, startMs: 0, end: 'hangs', abortAfterMs: 0 },
    { ...plainly, startMs: 0, end: 'rejects', takesMs: 25 },
    { ...plainly, startMs: 86, end: 'rejects', takesMs: 31 },
    { ...plainly, startMs: 0, end: 'returns' },
  ],
}

it('the happy path does exactly what the walk does', async () => {
  const property = fc.asyncProperty(shape, fc.array(script, { maxLength: 12 }), async (how, scripts) => {
    const [walked, happy] = [await observe(true, how, scripts), await observe(false, how, scripts)]
    expect(happy).toEqual(walked)
  })
  await fc.assert(property, {
    numRuns: Number(process.env['RANDOM_RUNS'] ?? 100),
    examples: [[slotsOfAbandonedRuns.how, slotsOfAbandonedRuns.scripts]],
  })
}, 300_000)
