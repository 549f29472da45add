import { expect, it } from 'vitest'
import type { Verdict } from '../outcome/verdict.js'
import { CircuitBreaker } from './circuit-breaker.js'
import type { CircuitBreakerOptions } from './circuit-breaker-options.js'

type Action = 'start' | 'tick' | readonly [flight: number, verdict: Verdict]

const verdicts: readonly Verdict[] = ['success', 'failure', 'ignored']
const openForMs = 10
const halfOpenCalls = 2
const flightsMax = 3

/** A breaker and an account of it that knows only what a caller can see. */
class World {
  readonly breaker: CircuitBreaker
  /** Calls in flight: the permit, when it was given, and how many transitions there had been. */
  readonly flights: { permit: number; at: number; cycle: number }[] = []
  now = 0
  /** Transitions so far: permits of an earlier number are stale. */
  cycle = 0
  /** Places taken since the last transition. */
  taken = 0
  state: string = 'closed'

  constructor(options: CircuitBreakerOptions) {
    this.breaker = new CircuitBreaker(options, () => 0)
    this.breaker.onTransition = ({ from, to }) => {
      holds(from === this.state, `a transition from ${from} while in ${this.state}`)
      this.state = to
      this.cycle++
      this.taken = 0
    }
  }

  take(action: Action): void {
    if (action === 'tick') this.now += openForMs
    else if (action === 'start') this.start()
    else this.settle(...action)
    this.check()
  }

  private start(): void {
    const before = this.breaker.state(this.now)
    const answer = this.breaker.admit(this.now)
    if (typeof answer === 'number') {
      holds(answer > 0 && Number.isSafeInteger(answer), `permit ${answer}`)
      this.taken++
      this.flights.push({ permit: answer, at: this.now, cycle: this.cycle })
      holds(this.state !== 'open', 'an open circuit admitted')
    } else {
      const { retryAfterMs = -1 } = answer
      holds(before !== 'closed' || this.state === 'open', 'a closed circuit refused')
      holds(retryAfterMs > 0 && retryAfterMs <= openForMs, `retryAfterMs ${retryAfterMs}`)
      const isFull = this.state !== 'half-open' || this.taken >= halfOpenCalls
      holds(isFull, 'a trial call was refused while a place was free')
      holds(answer.state === this.state, `a refusal that names ${answer.state} while in ${this.state}`)
    }
  }

  private settle(flight: number, verdict: Verdict): void {
    const [call] = this.flights.splice(flight, 1)
    if (call === undefined) return
    // Let time decide what it decides, so that what changes below was decided by the call alone.
    const before = this.look()
    const isStale = call.cycle !== this.cycle
    this.breaker.settle(call.permit, this.now, verdict, this.now - call.at)
    if (isStale) holds(this.look() === before, `a stale ${verdict} changed ${before} to ${this.look()}`)
    if (verdict !== 'ignored' || isStale) return
    this.taken--
    holds(this.breaker.state(this.now) === JSON.parse(before)[0], 'an ignored call changed the state')
  }

  private check(): void {
    const { calls, failures, slow, failureRate, slowRate } = this.breaker.metrics(this.now)
    if (this.state === 'half-open') holds(this.taken <= halfOpenCalls, `${this.taken} trial calls`)
    holds(
      failures >= 0 && failures <= calls && slow >= 0 && slow <= calls,
      `${failures}, ${slow} of ${calls}`,
    )
    holds(failureRate >= 0 && failureRate <= 1 && slowRate >= 0 && slowRate <= 1, 'a rate outside 0 to 1')
    holds(this.breaker.state(this.now) === this.state, 'a change of state that was not reported')
  }

  private look(): string {
    return JSON.stringify([this.breaker.state(this.now), this.breaker.metrics(this.now)])
  }

  /** Whatever has happened, and though what is in flight hangs for ever, time and success close it. */
  recovers(): boolean {
    for (let round = 0; round < 4 * halfOpenCalls && this.state !== 'closed'; round++) {
      this.now += openForMs
      const permit = this.breaker.admit(this.now)
      if (typeof permit === 'number') this.breaker.settle(permit, this.now, 'success', 0)
    }
    return this.state === 'closed'
  }
}

function holds(condition: boolean, broken: string): void {
  if (!condition) throw new Error(`invariant broken: ${broken}`)
}

function actionsFrom(world: World): Action[] {
  const actions: Action[] = ['tick']
  if (world.flights.length < flightsMax) actions.push('start')
  for (let flight = 0; flight < world.flights.length; flight++) {
    for (const verdict of verdicts) actions.push([flight, verdict])
  }
  return actions
}

/** Visits every sequence of actions up to a depth, each from a fresh breaker; counts the states it saw. */
function explore(options: CircuitBreakerOptions, depth: number): Map<string, number> {
  const seen = new Map<string, number>()
  const path: Action[] = []
  const visit = (): void => {
    const world = new World(options)
    try {
      for (const action of path) world.take(action)
      seen.set(world.state, (seen.get(world.state) ?? 0) + 1)
      const next = path.length < depth ? actionsFrom(world) : []
      holds(world.recovers(), `stuck in ${world.state}`)
      for (const action of next) {
        path.push(action)
        visit()
        path.pop()
      }
    } catch (error) {
      throw new Error(`after ${JSON.stringify(path)}`, { cause: error })
    }
  }
  visit()
  return seen
}

const shared = { openForMs, halfOpenCalls, halfOpenMaxMs: openForMs }

it.each<[string, CircuitBreakerOptions, number]>([
  ['one failure opens, two trial failures reopen', { ...shared, consecutiveFailures: 1, failureRate: 1 }, 8],
  ['one failure opens, one trial failure reopens', { ...shared, consecutiveFailures: 1 }, 7],
  ['calls of a count window', { ...shared, window: { calls: 2 } }, 7],
  [
    'slow calls of a time window',
    { ...shared, window: { durationMs: 20 }, minimumCalls: 1, slowCalls: { overMs: 5, rate: 1 } },
    7,
  ],
])('every interleaving keeps the invariants: %s', (_name, options, depth) => {
  const seen = explore(options, depth)
  expect([...seen.keys()].sort()).toEqual(['closed', 'half-open', 'open'])
  for (const count of seen.values()) expect(count).toBeGreaterThan(100)
})
