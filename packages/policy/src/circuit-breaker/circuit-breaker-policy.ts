import { ambientRandom, type Runtime } from '../clock/runtime.js'
import type { EventType, FailedWith, Listener } from '../events/events.js'
import { callback, type Rules } from '../options/rules.js'
import type { FailurePredicates } from '../outcome/failure-predicates.js'
import { FAILED, SUCCEEDED } from '../outcome/kind.js'
import { NEXT, type Flow } from '../engine/flow.js'
import type { Frame, FramePool } from '../engine/frame.js'
import { judge } from '../engine/judge.js'
import { refuse } from '../engine/refuse.js'
import { RefusedOutcome } from '../engine/refused-outcome.js'
import type { Call } from '../promise/call.js'
import type { Policy } from '../promise/policy.js'
import { newCalls, PolicyStep } from '../promise/policy-step.js'
import type { BreakerPart, BreakerSlot, HappyPlace } from '../engine/happy-place.js'
import { CircuitBreaker } from './circuit-breaker.js'
import type { CircuitBreakerOptions } from './circuit-breaker-options.js'
import type { CircuitMetrics } from './circuit-metrics.js'
import type { CircuitSnapshot } from './circuit-snapshot.js'
import type { CircuitState } from './circuit-states.js'
import type { UnsettledResult } from './unsettled-result.js'

export interface CircuitBreakerPolicyOptions extends CircuitBreakerOptions, Predicates {}

interface Predicates extends FailurePredicates {
  /**
   * The result as one that may still turn out a failure, if it is: then the call counts when that is known, and how long
   * it took is how long the result took. Default: what is no failure by now is a success.
   */
  readonly unsettled?: ((value: unknown) => UnsettledResult | undefined) | undefined
}

/** A circuit breaker whose state can be watched, forced and reconfigured. */
export interface CircuitBreakerPolicy extends Policy {
  readonly state: CircuitState
  readonly metrics: CircuitMetrics
  /**
   * Holds the circuit in a state until told otherwise: `'open'` refuses everything, `'closed'` admits
   * everything, `'observe'` decides and reports but admits everything; `undefined` lets go, into closed.
   */
  force(state: 'open' | 'closed' | 'observe' | undefined): void
  /** Replaces the options without losing the state. Predicates that are not given are dropped. */
  reconfigure(options: CircuitBreakerPolicyOptions): void
}

/**
 * Stops calling a dependency that fails or has become slow, and finds out by a few trial calls when it is back.
 *
 * Refuses with a `CircuitOpenError` that carries `retryAfterMs`. What the caller aborts and what policies
 * further in refuse counts as nothing. Starts no timer: an open circuit becomes half-open with the first call
 * after `openForMs`.
 *
 * @throws {OptionError} when an option is unknown, out of range, or excludes another
 * @example
 * const call = circuitBreaker({ window: { calls: 100 }, failureRate: 0.5, openForMs: 30_000, halfOpenCalls: 5 })
 * call.on('state', ({ from, to }) => console.log(`circuit ${from} -> ${to}`))
 * await call.execute(async () => 'done')
 */
export function circuitBreaker(options: CircuitBreakerPolicyOptions = {}): CircuitBreakerPolicy {
  return new CircuitBreakerStep(options)
}

class CircuitBreakerStep extends PolicyStep implements CircuitBreakerPolicy, BreakerPart {
  readonly name = 'circuit-breaker'
  readonly decision: CircuitBreaker
  /** For the happy path, which is for results that are a success already. */
  whenResult: FailurePredicates['whenResult']
  #predicates: Predicates = ANY_ERROR
  /** What is being counted: what opens the circuit, if that does. */
  #counted: Partial<FailedWith> | undefined

  constructor(options: CircuitBreakerPolicyOptions) {
    super()
    this.decision = new CircuitBreaker(options, ambientRandom, OWN_RULES)
    this.#judgeBy(options)
  }

  override on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    // Only now, for a breaker that nobody listens to keeps no closure.
    this.decision.onTransition ??= ({ from, to, trigger, at }) => {
      const { retryAfterMs } = this.decision.refusal(at) ?? {}
      this.emit('state', { from, to, trigger, retryAfterMs, ...this.#counted })
    }
    this.decision.onWouldRefuse ??= ({ code, retryAfterMs }) => {
      this.emit('would-refuse', { code, retryAfterMs })
    }
    return super.on(type, listener)
  }

  get state(): CircuitState {
    return this.decision.state(this.now)
  }

  get metrics(): CircuitMetrics {
    return this.decision.metrics(this.now)
  }

  force(state: 'open' | 'closed' | 'observe' | undefined): void {
    this.decision.force(state, this.now)
  }

  reconfigure(options: CircuitBreakerPolicyOptions): void {
    this.decision.reconfigure(options, this.now, OWN_RULES)
    this.#judgeBy(options)
  }

  override place(): HappyPlace {
    return 'breaker'
  }

  override refuseAtOnce(): RefusedOutcome | undefined {
    if (!this.decision.refuses || this.observed) return undefined
    const refusal = this.decision.refusal(this.now)
    return refusal === undefined ? undefined : new RefusedOutcome(refusal)
  }

  override bind(runtime: Runtime): void {
    super.bind(runtime)
    this.decision.random = runtime.random
  }

  /** Of breakers by key there may be a hundred thousand: frames of its own would outweigh each. */
  protected override newPool(): FramePool<Call> {
    return pool
  }

  override newSlot(): Admission {
    return { permit: 0, startedAt: 0 }
  }

  override enter(frame: Frame, index: number): Flow {
    const decision = this.decision
    const now = decision.standingPermit === 0 ? frame.now() : 0
    const permit = decision.admit(now)
    if (typeof permit === 'number') {
      const admission = frame.slots[index] as Admission
      admission.permit = permit
      // Untimed admission means that slow calls do not matter, so neither does the time of the start.
      admission.startedAt = now
      return NEXT
    }
    return refuse(this, frame, permit)
  }

  override leave(frame: Frame, index: number): Flow {
    const { permit, startedAt } = frame.slots[index] as Admission
    const decision = this.decision
    const verdict = judge(frame, this.#predicates)
    if (frame.kind === SUCCEEDED && verdict === 'success') {
      const result = this.#predicates.unsettled?.(frame.value)
      if (result !== undefined) {
        this.#settleLater(result, permit, startedAt, frame.now())
        return NEXT
      }
    }
    if (verdict === 'success' && decision.succeed(permit, decision.datesSuccess ? frame.now() : 0))
      return NEXT
    const now = frame.now()
    const error = frame.kind === FAILED ? frame.error : undefined
    if (this.observed) this.#counted = frame.kind === FAILED ? { error } : { value: frame.value }
    decision.settle(permit, now, verdict, now - startedAt, error)
    this.#counted = undefined
    return NEXT
  }

  #judgeBy({ when, whenResult, unsettled }: Predicates): void {
    // Breakers by key are many: those that take every error for a failure keep no predicates of their own.
    this.#predicates = (when ?? whenResult ?? unsettled) ? { when, whenResult, unsettled } : ANY_ERROR
    this.whenResult =
      unsettled === undefined
        ? whenResult
        : (value) => whenResult?.(value) === true || unsettled(value) !== undefined
  }

  #settleLater(result: UnsettledResult, permit: number, startedAt: number, now: number): void {
    const { decision } = this
    const kept = decision.answered(permit, now)
    let isSettled = false
    result.whenSettled((verdict, failure) => {
      this.#counted = { error: failure }
      if (!isSettled) decision.settle(kept, this.now, verdict, now - startedAt, failure)
      else if (verdict === 'failure') decision.relapse(kept, this.now, failure)
      this.#counted = undefined
      isSettled = true
    })
  }

  protected override saveState(): unknown {
    return this.decision.snapshot(this.now, this.runtime.clock.wallNow())
  }

  protected override restoreState(state: unknown): void {
    this.decision.restore(state as CircuitSnapshot, this.now, this.runtime.clock.wallNow())
  }
}

const pool: FramePool<Call> = newCalls()

const ANY_ERROR: Predicates = Object.freeze({})

/** What the circuit breaker keeps for one call. */
interface Admission extends BreakerSlot {
  startedAt: number
}

const OWN_RULES: Rules = { when: callback, whenResult: callback, unsettled: callback }
