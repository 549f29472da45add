import type { Verdict } from '../outcome/verdict.js'
import {
  circuitSettings,
  type CircuitBreakerOptions,
  type CircuitSettings,
} from './circuit-breaker-options.js'
import { circuitMetrics, type CircuitMetrics } from './circuit-metrics.js'
import { checkSnapshot, type CircuitSnapshot } from './circuit-snapshot.js'
import { CircuitRefusal, type RefusingState } from './errors.js'
import { generations, InFlight } from './in-flight.js'
import { openPeriodMs } from './open-period.js'
import {
  duties,
  nextPhase,
  stateOf,
  type CircuitPhase,
  type CircuitState,
  type CircuitTransition,
  type CircuitTrigger,
  type Duty,
} from './transitions.js'
import { Trials } from './trials.js'
import { createWindow, type CallWindow } from './window.js'

export type { CircuitBreakerOptions, OpenGrowth } from './circuit-breaker-options.js'
export type { CircuitMetrics } from './circuit-metrics.js'
export type { CircuitSnapshot } from './circuit-snapshot.js'
export type { CircuitState, CircuitTransition, CircuitTrigger } from './transitions.js'

/** A permit is the mark of the call in flight times this, plus the epoch it belongs to, from 1 upwards. */
const epochs = 2 ** 16
const epochMask = epochs - 1
/** The permit of a call that is let through but must decide nothing: no epoch has the number 0. */
const spectator = epochs

/**
 * The circuit breaker of Nygard's Release It!, as a decision: it reads no clock and starts no timer. Time is
 * an argument in monotonic milliseconds, which must never go back from one call of a method to the next.
 *
 * Every change of state starts a new epoch. A permit carries the epoch of its call, and what was admitted in
 * a former one decides nothing any more. Each method takes constant time and memory; a closed circuit
 * without `slowCalls` admits by returning one field.
 *
 * @example
 * const breaker = new CircuitBreaker({ window: { calls: 20 }, openForMs: 5_000 }, () => 0.5)
 * const permit = breaker.admit(0)
 * if (typeof permit === 'number') breaker.settle(permit, 12, 'success', 12)
 * else throw permit.toError()
 */
export class CircuitBreaker {
  /**
   * Called synchronously after each change of state. It must not throw and must not call the breaker: a
   * driver that hands transitions to other people's listeners guards them itself.
   */
  onTransition: ((transition: CircuitTransition) => void) | undefined = undefined

  /** Called for each call that would have been refused if the circuit did not only observe; as `onTransition`. */
  onWouldRefuse: ((refusal: CircuitRefusal) => void) | undefined = undefined

  /** Made when the circuit is first half-open: most breakers never are. */
  private trials: Trials | undefined = undefined
  /** Draws from [0, 1) for the jitter of `openGrowth`. */
  random: () => number
  private settings: CircuitSettings
  private window: CallWindow
  private inFlight: InFlight | undefined
  private phase: CircuitPhase = 'start'
  private duty: Duty = 'reject'
  /** Whether admission is nothing but handing out the epoch. */
  private straight = false
  private epoch = 0
  private generation = 0
  private openUntil = 0
  private openings = 0
  private wouldHaveRefused = 0

  /**
   * @param random draws from [0, 1) for the jitter of `openGrowth`
   * @throws {OptionError} when an option is unknown, out of range, or excludes another
   */
  constructor(options: CircuitBreakerOptions, random: () => number) {
    this.settings = circuitSettings(options)
    this.random = random
    this.window = createWindow(this.settings.window)
    this.inFlight = this.track()
    this.enter('created', 0)
  }

  /**
   * The permit of every call while admission is certain and takes no account of time, so that the driver need not
   * ask `admit`; 0 when it must.
   */
  get standingPermit(): number {
    return this.straight ? this.epoch : 0
  }

  /** Whether a success only counts, and decides nothing. `succeed` may then settle it. */
  get onlyCountsSuccess(): boolean {
    return this.straight && (this.window.failures === 0 || this.staysClosed)
  }

  /** Whether the time at which a success is counted matters. */
  get datesSuccess(): boolean {
    return this.settings.datesSuccess
  }

  /** A permit, which must be settled exactly once, or the refusal. */
  admit(now: number): number | CircuitRefusal {
    if (this.straight) return this.epoch
    return this.admitGuarded(now)
  }

  /**
   * The refusal of every call that comes now, for a driver that wants to know before it prepares one; undefined when
   * only `admit` can tell.
   */
  refusal(now: number): CircuitRefusal | undefined {
    if (this.duty !== 'reject' || stateOf(this.phase) === 'observe') return undefined
    if (this.phase === 'forced-open') return new CircuitRefusal('forced-open', undefined)
    return now < this.openUntil ? new CircuitRefusal('open', this.openUntil - now) : undefined
  }

  /** Whether it is worth asking for a `refusal`. */
  get refuses(): boolean {
    return this.duty === 'reject'
  }

  /** Counts a finished call. A permit of a former epoch changes nothing. */
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    if ((permit & epochMask) !== this.epoch) return
    let overdue = false
    if (!this.straight) {
      this.passTime(now)
      // Time alone may have ended the epoch.
      if ((permit & epochMask) !== this.epoch) return
      overdue = this.inFlight?.finish(Math.floor(permit / epochs), now) ?? false
    }
    const failed = verdict === 'failure' ? 1 : 0
    const slow = overdue || durationMs > this.settings.slowOverMs ? 1 : 0
    if (this.duty === 'probe') {
      this.settleTrial(now, verdict, failed, slow)
    } else if (verdict !== 'ignored') {
      this.window.record(now, failed, slow)
      if (this.duty === 'monitor') this.judgeWindow(now)
    }
  }

  /** The same as `settle` for a success while `onlyCountsSuccess`; `now` matters only if it `datesSuccess`. */
  succeed(permit: number, now: number): void {
    if ((permit & epochMask) === this.epoch) this.window.record(now, 0, 0)
  }

  state(now: number): CircuitState {
    this.passTime(now)
    return stateOf(this.phase)
  }

  /**
   * Holds the circuit in a state until told otherwise: `'open'` refuses everything, `'closed'` admits
   * everything, `'observe'` decides and counts but admits everything. `undefined` lets go, into closed.
   */
  force(state: 'open' | 'closed' | 'observe' | undefined, now: number): void {
    const current = this.state(now)
    if (state === undefined) {
      if (current === 'observe' || current === 'forced-open' || current === 'forced-closed')
        this.move('release', now)
    } else if (state === 'observe') {
      if (current !== 'observe') this.move('force-observe', now)
    } else if (current !== `forced-${state}`) {
      this.move(`force-${state}`, now)
    }
  }

  metrics(now: number): CircuitMetrics {
    this.passTime(now)
    this.window.expire(now)
    const trials = this.duty === 'probe' ? this.trials : undefined
    const settled = trials === undefined ? this.window.calls : trials.settled
    const overdue = this.inFlight?.overdue ?? 0
    return circuitMetrics(settled, trials ?? this.window, overdue, this.wouldHaveRefused)
  }

  /** @param wallNow wall clock in milliseconds since 1970 */
  snapshot(now: number, wallNow: number): CircuitSnapshot {
    return {
      version: 1,
      state: this.state(now),
      takenAtWallMs: wallNow,
      openRemainingMs: this.phase === 'open' ? Math.max(0, this.openUntil - now) : 0,
      openings: this.openings,
      window: this.window.snapshot(now),
    }
  }

  /**
   * Takes over the state of a snapshot: what the wall clock says has passed since is taken off the remaining
   * time. A snapshot from half-open restores to open with no time left, as its trial calls are not ours.
   *
   * @throws {OptionError} when the snapshot has a wrong shape; the breaker is then unchanged
   */
  restore(snapshot: CircuitSnapshot, now: number, wallNow: number): void {
    checkSnapshot(snapshot)
    const from = this.state(now)
    const to = snapshot.state === 'half-open' ? 'open' : snapshot.state
    // A wall clock that was set back must not lengthen the time in state open.
    const elapsedMs = Math.max(0, wallNow - snapshot.takenAtWallMs)
    this.phase = 'start'
    this.enter(`restored-${to}`, now)
    if (to === 'open') {
      const remainingMs = Math.min(snapshot.openRemainingMs, this.settings.openMaxMs) - elapsedMs
      this.openUntil = now + Math.max(0, remainingMs)
      this.openings = snapshot.openings
    }
    this.window.clear()
    this.window.load(snapshot.window, now, elapsedMs)
    if (to !== from) this.onTransition?.({ from, to, trigger: `restored-${to}`, at: now })
  }

  /**
   * Replaces all options and keeps the state, the calls of the window that the new one has room for, and a
   * time in state open that has already begun. Calls in flight across a change of `slowCalls.overMs` count
   * as slow when they settle.
   *
   * @throws {OptionError} as the constructor does; the breaker is then unchanged
   */
  reconfigure(options: CircuitBreakerOptions, now: number): void {
    const former = this.settings
    this.settings = circuitSettings(options)
    const { window, slowOverMs } = this.settings
    if (window.kind !== former.window.kind || window.size !== former.window.size) {
      const calls = this.window.snapshot(now)
      this.window = createWindow(window)
      this.window.load(calls, now, 0)
    }
    if (slowOverMs !== former.slowOverMs) this.inFlight = this.track()
    this.straighten()
  }

  private admitGuarded(now: number): number | CircuitRefusal {
    this.passTime(now)
    if (this.duty === 'reject') {
      if (this.phase === 'forced-open') return new CircuitRefusal('forced-open', undefined)
      if (now < this.openUntil) return this.refuse('open', this.openUntil - now)
      this.move('wait-over', now)
    }
    if (this.duty === 'probe') {
      const trials = this.trials!
      if (trials.taken >= this.settings.halfOpenCalls) return this.refuse('half-open', trials.deadline - now)
      trials.taken++
    }
    const inFlight = this.inFlight
    return inFlight === undefined ? this.epoch : inFlight.start(now) * epochs + this.epoch
  }

  private refuse(state: RefusingState, retryAfterMs: number): number | CircuitRefusal {
    if (stateOf(this.phase) !== 'observe') return new CircuitRefusal(state, retryAfterMs)
    this.wouldHaveRefused++
    this.onWouldRefuse?.(new CircuitRefusal(state, retryAfterMs))
    return spectator
  }

  /** Decides what time alone decides: trial calls past their deadline, and calls that have become slow. */
  private passTime(now: number): void {
    if (this.duty === 'probe') this.expireTrials(now)
    if (this.inFlight?.advance(now) !== true) return
    this.window.expire(now)
    if (this.duty === 'monitor') this.judgeWindow(now)
    else if (this.duty === 'probe') this.judgeTrials(now)
  }

  /** One more success lowers the rate of a window that forgets by number, so that if it has not tripped, it will not. */
  private get staysClosed(): boolean {
    const { window, settings } = this
    const { calls, failures } = window
    return !settings.datesSuccess && calls >= settings.minimumCalls && failures / calls < settings.tripRate
  }

  private judgeWindow(now: number): void {
    const window = this.window
    const settings = this.settings
    const calls = window.calls
    if (
      window.failures !== 0 &&
      calls >= settings.minimumCalls &&
      window.failures / calls >= settings.tripRate
    ) {
      this.move(settings.window.kind === 'consecutive' ? 'consecutive-failures' : 'failure-rate', now)
    } else if (this.inFlight !== undefined) {
      const overdue = this.inFlight.overdue
      const enough = calls + overdue >= settings.minimumCalls
      if (enough && (window.slow + overdue) / (calls + overdue) >= settings.slowRate)
        this.move('slow-call-rate', now)
    }
  }

  private settleTrial(now: number, verdict: Verdict, failed: number, slow: number): void {
    const trials = this.trials!
    if (trials.settled >= trials.taken) return
    if (verdict === 'ignored') {
      trials.taken--
      return
    }
    trials.record(failed, slow)
    this.judgeTrials(now)
  }

  private judgeTrials(now: number): void {
    const verdict = this.trials!.judge(this.settings, this.inFlight?.overdue ?? 0)
    if (verdict !== undefined) this.move(verdict, now)
  }

  /** Dated back to the deadline, so that the outcome does not depend on when somebody asks. */
  private expireTrials(now: number): void {
    const trials = this.trials!
    const at = trials.deadline
    if (now < at) return
    this.inFlight?.advance(at)
    const verdict = trials.judgeAtDeadline(this.settings, this.inFlight?.overdue ?? 0)
    if (verdict === undefined) trials.deadline = now + this.settings.halfOpenMaxMs
    else this.move(verdict, at)
  }

  private move(trigger: CircuitTrigger, at: number): void {
    const from = stateOf(this.phase)
    this.enter(trigger, at)
    this.onTransition?.({ from, to: stateOf(this.phase), trigger, at })
  }

  private enter(trigger: CircuitTrigger, at: number): void {
    const wasObserving = stateOf(this.phase) === 'observe'
    this.phase = nextPhase(this.phase, trigger)
    this.duty = duties[this.phase]
    this.epoch = this.epoch + 1 === epochs ? 1 : this.epoch + 1
    this.inFlight?.clear(at)
    if (!wasObserving) this.wouldHaveRefused = 0
    if (this.duty === 'probe') {
      this.trials ??= new Trials()
      this.trials.begin(at + this.settings.halfOpenMaxMs)
    } else if (this.duty === 'reject') {
      this.openUntil = at + openPeriodMs(this.settings, this.openings, this.random)
      this.openings++
    } else {
      this.openings = 0
      this.window.clear()
    }
    this.straighten()
  }

  private straighten(): void {
    this.straight = this.duty === 'count' || (this.duty === 'monitor' && this.inFlight === undefined)
  }

  private track(): InFlight | undefined {
    const overMs = this.settings.slowOverMs
    if (overMs === Infinity) return undefined
    this.generation = (this.generation % generations) + 1
    return new InFlight(overMs, this.generation)
  }
}
