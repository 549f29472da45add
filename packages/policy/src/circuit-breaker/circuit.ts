import type { Rules } from '../options/rules.js'
import type { CallWindow } from './call-window.js'
import {
  circuitSettings,
  type CircuitBreakerOptions,
  type CircuitSettings,
} from './circuit-breaker-options.js'
import { circuitMetrics, type CircuitMetrics } from './circuit-metrics.js'
import { checkSnapshot, type CircuitSnapshot } from './circuit-snapshot.js'
import { generations, InFlight } from './in-flight.js'
import { OpenPeriod } from './open-period.js'
import { nextEpoch } from './permit-of.js'
import {
  duties,
  nextPhase,
  stateOf,
  transitions,
  type CircuitPhase,
  type CircuitTransition,
  type CircuitTrigger,
  type Duty,
} from './transitions.js'
import type { CircuitState } from './circuit-states.js'
import { Trials } from './trials.js'
import { tripOf } from './trip-of.js'
import { createWindow, reshaped } from './window.js'

/**
 * Where a circuit stands, and what time, an operator and the calls that were counted make of it. What it does with the
 * calls is the circuit breaker's.
 *
 * Every change of state starts a new epoch. Each method takes constant time and memory. What is marked as internal is
 * for the circuit breaker alone, and no part of the package's types.
 */
export class Circuit {
  // What every call reads is private to TypeScript only: `HappyPath` says why.

  /** Called after each change of state, at once. It must neither throw nor call the breaker: drivers guard listeners. */
  onTransition: ((transition: CircuitTransition) => void) | undefined

  /** Draws from [0, 1) for the jitter of `openGrowth`. */
  random: () => number
  /** @internal */
  protected name: string | undefined
  /** @internal */
  protected settings: CircuitSettings
  /** @internal */
  protected window: CallWindow
  /**
   * While half-open.
   *
   * @internal
   */
  protected trials: Trials | undefined
  /**
   * None while slow calls do not matter.
   *
   * @internal
   */
  protected inFlight: InFlight | undefined
  /** @internal */
  protected phase: CircuitPhase = 'start'
  /** @internal */
  protected duty: Duty = 'reject'
  /**
   * Whether admission is nothing but handing out the epoch.
   *
   * @internal
   */
  protected straight: boolean = false
  /** @internal */
  protected epoch: number = 0
  /** @internal */
  protected readonly openPeriod: OpenPeriod = new OpenPeriod()
  /** @internal */
  protected wouldHaveRefused: number = 0
  /**
   * Since the circuit was last closed.
   *
   * @internal
   */
  protected lastFailure: unknown
  #generation: number = 0

  /**
   * @param random draws from [0, 1) for the jitter of `openGrowth`
   * @param more the rules of further options, which are its driver's
   * @throws {OptionError} when an option is unknown, out of range, or excludes another
   */
  constructor(options: CircuitBreakerOptions, random: () => number, more?: Rules) {
    this.settings = circuitSettings(options, more)
    this.name = options.name
    this.random = random
    this.window = createWindow(this.settings.window)
    this.#track()
    this.#enter('created', 0)
  }

  state(now: number): CircuitState {
    this.passTime(now)
    return stateOf(this.phase)
  }

  /**
   * Holds the circuit in a state until told otherwise: `'open'` refuses and `'closed'` admits everything, `'observe'`
   * decides and counts but admits everything. `undefined` lets go, into closed.
   */
  force(state: 'open' | 'closed' | 'observe' | undefined, now: number): void {
    this.passTime(now)
    const trigger = state === undefined ? 'release' : (`force-${state}` as const)
    // Nothing leads from a state to itself, or lets go of what is not held.
    if (transitions[this.phase][trigger] !== undefined) this.move(trigger, now)
  }

  metrics(now: number): CircuitMetrics {
    this.passTime(now)
    this.window.expire(now)
    return circuitMetrics(this.trials ?? this.window, this.#overdue, this.wouldHaveRefused)
  }

  /** @param wallNow wall clock in milliseconds since 1970 */
  snapshot(now: number, wallNow: number): CircuitSnapshot {
    const state = this.state(now)
    const { until, openings } = this.openPeriod
    return {
      version: 1,
      state,
      takenAtWallMs: wallNow,
      openRemainingMs: state === 'open' ? Math.max(0, until - now) : 0,
      openings,
      window: this.window.snapshot(now),
    }
  }

  /**
   * Takes over the state of a snapshot, less the time that the wall clock says has passed. Half-open restores to open
   * with no time left, as its trial calls are not ours.
   *
   * @throws {OptionError} when the snapshot has a wrong shape; the breaker is then unchanged
   */
  restore(snapshot: CircuitSnapshot, now: number, wallNow: number): void {
    checkSnapshot(snapshot)
    const from = this.state(now)
    const to = snapshot.state === 'half-open' ? 'open' : snapshot.state
    const trigger = `restored-${to}` as const
    // A wall clock may have been set back.
    const elapsedMs = Math.max(0, wallNow - snapshot.takenAtWallMs)
    this.phase = 'start'
    this.#enter(trigger, now)
    if (to === 'open') this.openPeriod.resume(snapshot, this.settings, now, elapsedMs)
    this.window.clear()
    this.window.load(snapshot.window, now, elapsedMs)
    if (to !== from) this.onTransition?.({ from, to, trigger, at: now })
  }

  /**
   * Replaces all options and keeps the state, the calls that the new window has room for, and a time in state open
   * that has begun. Calls in flight across a change of `slowCalls.overMs` count as slow when they settle.
   *
   * @throws {OptionError} as the constructor does; the breaker is then unchanged
   */
  reconfigure(options: CircuitBreakerOptions, now: number, more?: Rules): void {
    const former = this.settings
    this.settings = circuitSettings(options, more)
    this.name = options.name
    this.window = reshaped(this.window, former.window, this.settings.window, now)
    if (this.settings.slowOverMs !== former.slowOverMs) this.#track()
    this.#straighten()
  }

  /**
   * Decides what time alone decides: trial calls past their deadline, and calls that have become slow.
   *
   * @internal
   */
  protected passTime(now: number): void {
    const { trials } = this
    if (trials !== undefined && now >= trials.deadline) this.#expire(trials, now)
    this.#noticeSlow(now)
  }

  /**
   * Decides what the calls decide that were counted.
   *
   * @internal
   */
  protected judge(now: number): void {
    let trigger: CircuitTrigger | undefined = this.trials?.judge(this.settings, this.#overdue)
    if (this.duty === 'monitor') trigger = tripOf(this.window, this.settings, this.#overdue)
    if (trigger !== undefined) this.move(trigger, now)
  }

  /** @internal */
  protected move(trigger: CircuitTrigger, at: number): void {
    const from = stateOf(this.phase)
    this.#enter(trigger, at)
    this.onTransition?.({ from, to: stateOf(this.phase), trigger, at })
  }

  /** Calls in flight that are slow already. */
  get #overdue(): number {
    return this.inFlight === undefined ? 0 : this.inFlight.overdue
  }

  /** Dated back to when they became so: the outcome must not depend on when somebody asks. */
  #noticeSlow(until: number): void {
    const { inFlight } = this
    if (inFlight === undefined) return
    for (let at = inFlight.advance(until); at !== undefined; at = inFlight.advance(until)) {
      this.window.expire(at)
      this.judge(at)
    }
  }

  #expire(trials: Trials, now: number): void {
    const at = trials.deadline
    this.#noticeSlow(at)
    if (this.trials !== trials) return
    const verdict = trials.expire(now, this.settings, this.#overdue)
    if (verdict !== undefined) this.move(verdict, at)
  }

  #enter(trigger: CircuitTrigger, at: number): void {
    const wasObserving = stateOf(this.phase) === 'observe'
    this.phase = nextPhase(this.phase, trigger)
    this.duty = duties[this.phase]
    this.epoch = nextEpoch(this.epoch)
    this.inFlight?.clear(at)
    if (!wasObserving) this.wouldHaveRefused = 0
    this.trials = this.duty === 'probe' ? new Trials(at + this.settings.halfOpenMaxMs) : undefined
    if (this.duty === 'reject') this.openPeriod.begin(at, this.settings, this.random)
    else if (this.trials === undefined) {
      this.openPeriod.openings = 0
      this.lastFailure = undefined
      this.window.clear()
    }
    this.#straighten()
  }

  #straighten(): void {
    this.straight = this.duty === 'count' || (this.duty === 'monitor' && this.inFlight === undefined)
  }

  #track(): void {
    const overMs = this.settings.slowOverMs
    if (overMs !== Infinity) this.#generation = (this.#generation % generations) + 1
    this.inFlight = overMs === Infinity ? undefined : new InFlight(overMs, this.#generation)
  }
}
