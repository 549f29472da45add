import { beforeEach, describe, expect, it } from 'vitest'
import {
  bulkhead,
  circuitBreaker,
  constant,
  exponential,
  fallback,
  pipeline,
  retry,
  timeout,
  type Policy,
} from '../index.js'
import { seededRandom, virtualClock, type VirtualClock } from '../testing/index.js'
import { Engine, Pending, type Attempt, type Operation, type Outcome } from './index.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
})

const engineOf = (policy: Policy<unknown>): Engine => new Engine(policy, { clock, random: seededRandom(1) })

/** An operation that keeps what it is told, and leaves its attempts to the test. */
class Recorded implements Operation {
  readonly attempts: Attempt[] = []
  readonly stops: unknown[] = []
  readonly outcomes: Outcome<unknown>[] = []
  readonly begin: (attempt: Attempt) => void

  constructor(begin: (attempt: Attempt) => void = () => {}) {
    this.begin = begin
  }

  start(attempt: Attempt): void {
    this.attempts.push(attempt)
    this.begin(attempt)
  }

  stop(attempt: Attempt, reason: unknown): void {
    this.stops.push([attempt.number, reason])
  }

  ended(outcome: Outcome<unknown>): void {
    this.outcomes.push(outcome)
  }
}

describe('an engine', () => {
  it('starts an operation, and tells its caller when that calls back, at once or later', () => {
    const engine = engineOf(pipeline(timeout({ ms: 100 }), retry()))
    const atOnce = new Recorded((attempt) => attempt.succeed('now'))
    engine.start(atOnce)
    expect(atOnce.outcomes).toEqual([{ ok: true, value: 'now', fallback: false }])
    const later = new Recorded()
    engine.start(later)
    expect(later.outcomes).toEqual([])
    expect(later.attempts[0]!.deadline).toBe(100)
    later.attempts[0]!.succeed('later')
    expect(later.outcomes).toEqual([{ ok: true, value: 'later', fallback: false }])
    expect(later.attempts[0]!.deadline).toBe(-Infinity)
  })

  it('stops a try whose time is over, and starts the next one after its delay', async () => {
    const engine = engineOf(
      pipeline(retry({ attempts: 2, backoff: constant({ ms: 30 }) }), timeout({ ms: 100 })),
    )
    const operation = new Recorded()
    engine.start(operation)
    await clock.advance(129)
    expect(operation.stops).toMatchObject([[1, { code: 'WT_TIMEOUT' }]])
    expect(operation.attempts).toHaveLength(1)
    await clock.advance(1)
    expect(operation.attempts.map(({ number }) => number)).toEqual([1, 2])
    operation.attempts[0]!.succeed('too late')
    operation.attempts[1]!.fail('down')
    expect(operation.outcomes).toEqual([{ ok: false, error: 'down', reason: 'failure' }])
  })

  it('keeps the slot of a stopped try until that has really ended', async () => {
    const limit = bulkhead({ concurrency: 1 })
    const engine = engineOf(pipeline(timeout({ ms: 10 }), limit))
    const first = new Recorded()
    const second = new Recorded()
    engine.start(first)
    await clock.advance(10)
    engine.start(second)
    expect([limit.running, second.outcomes]).toMatchObject([1, [{ ok: false, reason: 'refusal' }]])
    first.attempts[0]!.fail('gave up')
    expect(limit.running).toBe(0)
  })

  it('cancels a call for a caller that has gone, and not the next call in its place', () => {
    const engine = engineOf(timeout({ ms: 100 }))
    const gone = new Recorded()
    const call = engine.start(gone)
    call.cancel('gone')
    expect([gone.stops, gone.outcomes]).toEqual([
      [[1, 'gone']],
      [{ ok: false, error: 'gone', reason: 'abort' }],
    ])
    const next = new Recorded()
    engine.start(next)
    call.cancel('again')
    expect(next.outcomes).toEqual([])
  })

  it('fails a try that throws when it is started, and refuses a second end', () => {
    const engine = engineOf(timeout({ ms: 100 }))
    const throwing = new Recorded(() => {
      throw new Error('no socket')
    })
    engine.start(throwing)
    expect(throwing.outcomes).toMatchObject([{ ok: false, error: { message: 'no socket' } }])
    const twice = new Recorded((attempt) => attempt.succeed(1))
    engine.start(twice)
    expect(() => twice.attempts[0]!.fail('again')).toThrow('it must be settled once')
  })

  it('lets a fallback answer later', () => {
    const answers: Attempt[] = []
    const engine = engineOf(fallback({ value: () => new Pending((answer) => answers.push(answer)) }))
    const operation = new Recorded((attempt) => attempt.fail('down'))
    engine.start(operation)
    expect(operation.outcomes).toEqual([])
    answers[0]!.succeed('from elsewhere')
    expect(operation.outcomes).toEqual([{ ok: true, value: 'from elsewhere', fallback: true }])
  })

  it('goes by its own clock and chance, whatever time other engines have', async () => {
    const other = virtualClock({ startMs: 5_000 })
    const policies = () => retry({ attempts: 2, backoff: exponential({ initialMs: 100, jitter: 'full' }) })
    const [mine, theirs] = [new Recorded(), new Recorded()]
    new Engine(policies(), { clock, random: () => 0.5 }).start(mine)
    new Engine(policies(), { clock: other, random: () => 0.1 }).start(theirs)
    mine.attempts[0]!.fail('down')
    theirs.attempts[0]!.fail('down')
    await other.advance(10)
    expect([mine.attempts.length, theirs.attempts.length]).toEqual([1, 2])
    await clock.advance(50)
    expect(mine.attempts).toHaveLength(2)
  })

  it('takes policies of this package alone, and each for itself', () => {
    const breaker = circuitBreaker()
    engineOf(breaker)
    expect(() => new Engine(pipeline(breaker), { clock, random: () => 0 })).toThrow(
      'cannot create engine: circuit-breaker must belong to no other engine',
    )
    expect(() => engineOf({} as Policy)).toThrow(
      'cannot create engine: policy must be a policy of this package, got object',
    )
  })
})
