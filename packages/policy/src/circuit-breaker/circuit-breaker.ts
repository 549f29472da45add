import type { Admission } from '../admission/admission.js'
import type { Verdict } from '../outcome/verdict.js'
import type { CallWindow } from './call-window.js'
import {
  circuitSettings,
  type CircuitBreakerOptions,
  type CircuitSettings,
} from './circuit-breaker-options.js'
import { circuitMetrics, type CircuitMetrics } from './circuit-metrics.js'
import { checkSnapshot, saved, type CircuitSnapshot } from './circuit-snapshot.js'
import { CircuitRefusal, type RefusingState } from './errors.js'
import { generations, InFlight } from './in-flight.js'
import { OpenPeriod } from './open-period.js'
import { epochOf, markOf, nextEpoch, permitOf, SPECTATOR } from './permit-of.js'
import {
  duties,
  nextPhase,
  stateOf,
  transitions,
  type CircuitPhase,
  type CircuitState,
  type CircuitTransition,
  type CircuitTrigger,
  type Duty,
} from './transitions.js'
import { Trials } from './trials.js'
import { tripOf } from './trip-of.js'
import { createWindow, reshaped } from './window.js'

/**
 * The circuit breaker of Nygard's Release It!, as a decision: it reads no clock and starts no timer. Time is
 * an argument in monotonic milliseconds, which must never go back from one call of a method to the next.
 *
 * Every change of state starts a new epoch, and what was admitted in a former one decides nothing any more. Each
 * method takes constant time and memory; a closed circuit without `slowCalls` admits by returning one field.
 *
 * @example
 * const breaker = new CircuitBreaker({ window: { calls: 20 }, openForMs: 5_000 }, () => 0.5)
 * const permit = breaker.admit(0)
 * if (typeof permit !== 'number') throw permit.toError()
 * breaker.settle(permit, 12, 'success', 12)
 */
export class CircuitBreaker implements Admission {
  // What every call reads is private to TypeScript only: `HappyPath` says why. The rest is `#`, which bundlers shorten.

  /** Called after each change of state, at once. It must neither throw nor call the breaker: drivers guard listeners. */
  onTransition: ((transition: CircuitTransition) => void) | undefined = undefined

  /** Called for each call that would have been refused if the circuit did not only observe; as `onTransition`. */
  onWouldRefuse: ((refusal: CircuitRefusal) => void) | undefined = undefined

  /** Draws from [0, 1) for the jitter of `openGrowth`. */
  random: () => number
  /** Made when first half-open, as most breakers never are. */
  #trials: Trials | undefined = undefined
  private settings: CircuitSettings
  private window: CallWindow
  #inFlight: InFlight | undefined
  private phase: CircuitPhase = 'start'
  private duty: Duty = 'reject'
  /** Whether admission is nothing but handing out the epoch. */
  private straight = false
  private epoch = 0
  #generation = 0
  private readonly openPeriod = new OpenPeriod()
  #wouldHaveRefused = 0
  #name: string | undefined
  /** Since the circuit was last closed. */
  #lastFailure: unknown = undefined

  /**
   * @param random draws from [0, 1) for the jitter of `openGrowth`
   * @throws {OptionError} when an option is unknown, out of range, or excludes another
   */
  constructor(options: CircuitBreakerOptions, random: () => number) {
    this.settings = circuitSettings(options)
    this.#name = options.name
    this.random = random
    this.window = createWindow(this.settings.window)
    this.#inFlight = this.#track()
    this.#enter('created', 0)
  }

  /** The permit of every call while admission is certain and takes no account of time; 0 when `admit` must be asked. */
  get standingPermit(): number {
    return this.straight ? this.epoch : 0
  }

  /** Whether the time at which a success is counted matters. */
  get datesSuccess(): boolean {
    return this.settings.datesSuccess
  }

  admit(now: number): number | CircuitRefusal {
    return this.straight ? this.epoch : this.#admitGuarded(now)
  }

  /** The refusal of every call that comes now, before one is prepared; undefined when only `admit` can tell. */
  refusal(now: number): CircuitRefusal | undefined {
    if (this.duty !== 'reject' || stateOf(this.phase) === 'observe') return undefined
    if (this.phase === 'forced-open') return this.#refusalIn('forced-open')
    return now < this.openPeriod.until ? this.#refusalIn('open', this.openPeriod.until - now) : undefined
  }

  /** Whether it is worth asking for a `refusal`. */
  get refuses(): boolean {
    return this.duty === 'reject'
  }

  /**
   * Counts a finished call. A permit of a former epoch changes nothing.
   *
   * @param failure what failed, which the refusals of this circuit then carry as their cause
   */
  settle(permit: number, now: number, verdict: Verdict, durationMs: number, failure?: unknown): void {
    if (epochOf(permit) !== this.epoch) return
    if (verdict === 'success' && this.#inFlight === undefined && this.onlyCountsSuccess)
      this.window.record(now, 0, 0)
    else this.#settleGuarded(permit, now, verdict, durationMs, failure)
  }

  /**
   * A call has a result that may still turn out a failure: how long it took is known by now. Answers the permit by which
   * it is settled, and a trial call keeps its place until then.
   */
  answered(permit: number, now: number): number {
    if (!this.straight && epochOf(permit) === this.epoch) {
      this.#passTime(now)
      this.#inFlight?.finish(markOf(permit), now)
    }
    return epochOf(permit)
  }

  /** A call that was settled as a success has failed after all: a trial call in place of that, any other on top of it. */
  relapse(permit: number, now: number, failure?: unknown): void {
    if (epochOf(permit) !== this.epoch) return
    this.#passTime(now)
    if (epochOf(permit) !== this.epoch) return
    this.#lastFailure = failure
    if (this.duty === 'probe') this.#trials!.failures += 1
    else this.window.record(now, 1, 0)
    this.#judge(now)
  }

  /**
   * The same as `settle` for a success that only counts; `now` matters only if it `datesSuccess`. `false`, and nothing
   * is done, when a success may decide something.
   */
  succeed(permit: number, now: number): boolean {
    if (!this.onlyCountsSuccess) return false
    if (epochOf(permit) === this.epoch) this.window.record(now, 0, 0)
    return true
  }

  state(now: number): CircuitState {
    this.#passTime(now)
    return stateOf(this.phase)
  }

  /**
   * Holds the circuit in a state until told otherwise: `'open'` refuses and `'closed'` admits everything, `'observe'`
   * decides and counts but admits everything. `undefined` lets go, into closed.
   */
  force(state: 'open' | 'closed' | 'observe' | undefined, now: number): void {
    this.#passTime(now)
    const trigger = state === undefined ? 'release' : (`force-${state}` as const)
    // Nothing leads from a state to itself, or lets go of what is not held.
    if (transitions[this.phase][trigger] !== undefined) this.#move(trigger, now)
  }

  metrics(now: number): CircuitMetrics {
    this.#passTime(now)
    this.window.expire(now)
    const judged = this.duty === 'probe' ? this.#trials! : this.window
    return circuitMetrics(judged, this.#inFlight?.overdue ?? 0, this.#wouldHaveRefused)
  }

  /** @param wallNow wall clock in milliseconds since 1970 */
  snapshot(now: number, wallNow: number): CircuitSnapshot {
    return saved(this.state(now), this.openPeriod, this.window, now, wallNow)
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
    // A wall clock may have been set back.
    const elapsedMs = Math.max(0, wallNow - snapshot.takenAtWallMs)
    this.phase = 'start'
    this.#enter(`restored-${to}`, now)
    if (to === 'open') this.openPeriod.resume(snapshot, this.settings, now, elapsedMs)
    this.window.clear()
    this.window.load(snapshot.window, now, elapsedMs)
    if (to !== from) this.onTransition?.({ from, to, trigger: `restored-${to}`, at: now })
  }

  /**
   * Replaces all options and keeps the state, the calls that the new window has room for, and a time in state open
   * that has begun. Calls in flight across a change of `slowCalls.overMs` count as slow when they settle.
   *
   * @throws {OptionError} as the constructor does; the breaker is then unchanged
   */
  reconfigure(options: CircuitBreakerOptions, now: number): void {
    const former = this.settings
    this.settings = circuitSettings(options)
    this.#name = options.name
    this.window = reshaped(this.window, former.window, this.settings.window, now)
    if (this.settings.slowOverMs !== former.slowOverMs) this.#inFlight = this.#track()
    this.#straighten()
  }

  #admitGuarded(now: number): number | CircuitRefusal {
    this.#passTime(now)
    if (this.duty === 'reject') {
      if (this.phase === 'forced-open') return this.#refusalIn('forced-open')
      if (now < this.openPeriod.until) return this.#refuse('open', this.openPeriod.until - now)
      this.#move('wait-over', now)
    }
    if (this.duty === 'probe') {
      const trials = this.#trials!
      if (trials.taken >= this.settings.halfOpenCalls) return this.#refuse('half-open', trials.deadline - now)
      trials.taken++
    }
    return this.#inFlight === undefined ? this.epoch : permitOf(this.epoch, this.#inFlight.start(now))
  }

  #settleGuarded(permit: number, now: number, verdict: Verdict, durationMs: number, failure: unknown): void {
    let overdue = false
    if (!this.straight) {
      this.#passTime(now)
      // Time alone may have ended the epoch.
      if (epochOf(permit) !== this.epoch) return
      overdue = this.#inFlight?.finish(markOf(permit), now) ?? false
    }
    const failed = verdict === 'failure' ? 1 : 0
    if (failed !== 0) this.#lastFailure = failure
    const slow = overdue || durationMs > this.settings.slowOverMs ? 1 : 0
    if (this.duty === 'probe') {
      if (this.#trials!.settle(verdict, failed, slow)) this.#judge(now)
    } else if (verdict !== 'ignored') {
      this.window.record(now, failed, slow)
      this.#judge(now)
    }
  }

  #refuse(state: RefusingState, retryAfterMs: number): number | CircuitRefusal {
    const refusal = this.#refusalIn(state, retryAfterMs)
    if (stateOf(this.phase) !== 'observe') return refusal
    this.#wouldHaveRefused++
    this.onWouldRefuse?.(refusal)
    return SPECTATOR
  }

  #refusalIn(state: RefusingState, retryAfterMs?: number): CircuitRefusal {
    return new CircuitRefusal(state, retryAfterMs, this.#name, this.#lastFailure)
  }

  /** Decides what time alone decides: trial calls past their deadline, and calls that have become slow. */
  #passTime(now: number): void {
    if (this.duty === 'probe' && now >= this.#trials!.deadline) this.#expireTrials(this.#trials!, now)
    if (this.#inFlight !== undefined) this.#noticeSlow(this.#inFlight, now)
  }

  /** Whether a success counts, and decides nothing. */
  private get onlyCountsSuccess(): boolean {
    return this.straight && (this.window.failures === 0 || this.staysClosed)
  }

  /** One more success lowers the rate of a window that forgets by number, so that if it has not tripped, it will not. */
  private get staysClosed(): boolean {
    const { window, settings } = this
    const { calls, failures } = window
    return !settings.datesSuccess && calls >= settings.minimumCalls && failures / calls < settings.tripRate
  }

  /** Dated back to when they became so: the outcome must not depend on when somebody asks. */
  #noticeSlow(inFlight: InFlight, until: number): void {
    for (let at = inFlight.advance(until); at !== undefined; at = inFlight.advance(until)) {
      this.window.expire(at)
      this.#judge(at)
    }
  }

  #judge(now: number): void {
    const overdue = this.#inFlight?.overdue ?? 0
    let trigger: CircuitTrigger | undefined
    if (this.duty === 'monitor') trigger = tripOf(this.window, this.settings, overdue)
    else if (this.duty === 'probe') trigger = this.#trials!.judge(this.settings, overdue)
    if (trigger !== undefined) this.#move(trigger, now)
  }

  #expireTrials(trials: Trials, now: number): void {
    const at = trials.deadline
    if (this.#inFlight !== undefined) this.#noticeSlow(this.#inFlight, at)
    if (this.duty !== 'probe') return
    const verdict = trials.expire(now, this.settings, this.#inFlight?.overdue ?? 0)
    if (verdict !== undefined) this.#move(verdict, at)
  }

  #move(trigger: CircuitTrigger, at: number): void {
    const from = stateOf(this.phase)
    this.#enter(trigger, at)
    this.onTransition?.({ from, to: stateOf(this.phase), trigger, at })
  }

  #enter(trigger: CircuitTrigger, at: number): void {
    const wasObserving = stateOf(this.phase) === 'observe'
    this.phase = nextPhase(this.phase, trigger)
    this.duty = duties[this.phase]
    this.epoch = nextEpoch(this.epoch)
    this.#inFlight?.clear(at)
    if (!wasObserving) this.#wouldHaveRefused = 0
    if (this.duty === 'probe') {
      this.#trials ??= new Trials()
      this.#trials.begin(at + this.settings.halfOpenMaxMs)
    } else if (this.duty === 'reject') {
      this.openPeriod.begin(at, this.settings, this.random)
    } else {
      this.openPeriod.openings = 0
      this.#lastFailure = undefined
      this.window.clear()
    }
    this.#straighten()
  }

  #straighten(): void {
    this.straight = this.duty === 'count' || (this.duty === 'monitor' && this.#inFlight === undefined)
  }

  #track(): InFlight | undefined {
    const overMs = this.settings.slowOverMs
    if (overMs === Infinity) return undefined
    this.#generation = (this.#generation % generations) + 1
    return new InFlight(overMs, this.#generation)
  }
}
