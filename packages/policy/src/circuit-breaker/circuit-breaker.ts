import type { Admission } from '../admission/admission.js'
import type { Verdict } from '../outcome/verdict.js'
import { Circuit } from './circuit.js'
import { CircuitRefusal, type RefusingState } from './errors.js'
import { epochOf, markOf, permitOf, SPECTATOR } from './permit-of.js'
import { stateOf } from './transitions.js'

/**
 * The circuit breaker of Nygard's Release It!, as a decision: it reads no clock and starts no timer. Time is
 * an argument in monotonic milliseconds, which must never go back from one call of a method to the next.
 *
 * What was admitted in a former epoch decides nothing any more. Each method takes constant time and memory; a closed
 * circuit without `slowCalls` admits by returning one field.
 *
 * @example
 * const breaker = new CircuitBreaker({ window: { calls: 20 }, openForMs: 5_000 }, () => 0.5)
 * const permit = breaker.admit(0)
 * if (typeof permit !== 'number') throw permit.toError()
 * breaker.settle(permit, 12, 'success', 12)
 */
export class CircuitBreaker extends Circuit implements Admission {
  /** Called for each call that would have been refused if the circuit did not only observe; as `onTransition`. */
  onWouldRefuse: ((refusal: CircuitRefusal) => void) | undefined

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
    const leftMs = this.openPeriod.until - now
    if (this.phase === 'forced-open') return this.#refusalIn('forced-open')
    return this.phase === 'open' && leftMs > 0 ? this.#refusalIn('open', leftMs) : undefined
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
    if (verdict === 'success' && this.succeed(permit, now)) return
    if (epochOf(permit) === this.epoch) this.#settleGuarded(permit, now, verdict, durationMs, failure)
  }

  /**
   * The same as `settle` for a success that only counts; `now` matters only if it `datesSuccess`. `false`, and nothing
   * is done, when a success may decide something.
   */
  succeed(permit: number, now: number): boolean {
    if (!this.onlyCountsSuccess) return false
    // A permit without a mark is the epoch itself, and nearly all are.
    if (permit === this.epoch || epochOf(permit) === this.epoch) this.window.record(now, 0, 0)
    return true
  }

  /**
   * A call has a result that may still turn out a failure: how long it took is known by now. Answers the permit by which
   * it is settled, and a trial call keeps its place until then.
   */
  answered(permit: number, now: number): number {
    if (!this.straight && epochOf(permit) === this.epoch) {
      this.passTime(now)
      this.inFlight?.finish(markOf(permit), now)
    }
    return epochOf(permit)
  }

  /** A call that was settled as a success has failed after all: a trial call in place of that, any other on top of it. */
  relapse(permit: number, now: number, failure?: unknown): void {
    if (epochOf(permit) === this.epoch) this.passTime(now)
    // Time alone may have ended the epoch.
    if (epochOf(permit) !== this.epoch) return
    this.lastFailure = failure
    if (this.trials !== undefined) this.trials.failures += 1
    else this.window.record(now, 1, 0)
    this.judge(now)
  }

  #admitGuarded(now: number): number | CircuitRefusal {
    this.passTime(now)
    if (this.duty === 'reject') {
      if (this.phase === 'forced-open') return this.#refusalIn('forced-open')
      if (now < this.openPeriod.until) return this.#refuse('open', this.openPeriod.until - now)
      this.move('wait-over', now)
    }
    const { trials } = this
    if (trials !== undefined) {
      if (trials.taken >= this.settings.halfOpenCalls) return this.#refuse('half-open', trials.deadline - now)
      trials.taken++
    }
    return this.inFlight === undefined ? this.epoch : permitOf(this.epoch, this.inFlight.start(now))
  }

  #settleGuarded(permit: number, now: number, verdict: Verdict, durationMs: number, failure: unknown): void {
    let overdue = false
    if (!this.straight) {
      this.passTime(now)
      // Time alone may have ended the epoch.
      if (epochOf(permit) !== this.epoch) return
      overdue = this.inFlight?.finish(markOf(permit), now) ?? false
    }
    const failed = verdict === 'failure' ? 1 : 0
    if (failed !== 0) this.lastFailure = failure
    const slow = overdue || durationMs > this.settings.slowOverMs ? 1 : 0
    if (this.trials !== undefined) {
      if (this.trials.settle(verdict, failed, slow)) this.judge(now)
    } else if (verdict !== 'ignored') {
      this.window.record(now, failed, slow)
      this.judge(now)
    }
  }

  /** Refuses the call, or notes that it would have been. */
  #refuse(state: RefusingState, retryAfterMs: number): number | CircuitRefusal {
    const refusal = this.#refusalIn(state, retryAfterMs)
    if (stateOf(this.phase) !== 'observe') return refusal
    this.wouldHaveRefused++
    this.onWouldRefuse?.(refusal)
    return SPECTATOR
  }

  #refusalIn(state: RefusingState, retryAfterMs?: number): CircuitRefusal {
    return new CircuitRefusal(state, retryAfterMs, this.name, this.lastFailure)
  }

  // Both private to TypeScript only: they are asked for every call.

  /** Whether a success counts, and decides nothing. */
  private get onlyCountsSuccess(): boolean {
    return this.straight && (this.window.failures === 0 || this.staysClosed)
  }

  /** One more success lowers the rate of a window that forgets by number, so that if it has not tripped, it will not. */
  private get staysClosed(): boolean {
    const { calls, failures } = this.window
    const { datesSuccess, minimumCalls, tripRate } = this.settings
    return !datesSuccess && calls >= minimumCalls && failures / calls < tripRate
  }
}
