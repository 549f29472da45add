import { isThenable } from '../operation/thenable.js'
import { callback, checkOptions, anything, required, type Rule } from '../options/check-options.js'
import { verdictOf } from '../outcome/classify.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, FAILED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { NEXT, WAIT, type Flow } from '../pipeline/flow.js'
import type { Frame } from '../pipeline/frame.js'
import type { Policy } from '../pipeline/policy.js'
import { Step } from '../pipeline/step.js'

export interface FallbackOptions<F> {
  /** The answer instead of a failure: a value, or a function of the error that returns one or a promise of it. */
  readonly value: F | ((error: unknown) => F | PromiseLike<F>)
  /** Whether this error is answered. Default: every failure and every refusal is. */
  readonly when?: ((error: unknown) => boolean) | undefined
  /** Whether this result is replaced all the same. Default: none is. */
  readonly whenResult?: ((value: unknown) => boolean) | undefined
}

/**
 * Answers failures and refusals from elsewhere. The caller's own abort is not answered: nobody is listening.
 *
 * The outcome says `fallback: true`. A function that throws, or rejects, fails the call with its error, whose
 * `cause` is the failure that it was to answer when it has none of its own.
 *
 * @throws {OptionError} when `value` is missing or an option is unknown
 * @example
 * const call = fallback({ value: { points: 0 }, when: (error) => error instanceof Error })
 * const points = await call.execute(async () => ({ points: 12 }))
 */
export function fallback<F>(options: FallbackOptions<F>): Policy<F> {
  return new Fallback(options as FallbackOptions<unknown>) as Policy as Policy<F>
}

class Fallback extends Step {
  readonly name = 'fallback'
  readonly #options: FallbackOptions<unknown>

  constructor(options: FallbackOptions<unknown>) {
    super()
    checkOptions('fallback', options, RULES)
    this.#options = options
  }

  override newSlot(): Pending {
    return { computing: 0 }
  }

  override enter(): Flow {
    return NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    if (frame.cancelled || !this.#answers(frame)) return NEXT
    const failed = frame.kind
    const error = frame.kind === SUCCEEDED ? undefined : frame.error
    if (failed === SUCCEEDED) discard(frame.value)
    if (this.observed) this.emit('fallback', { error })
    const { value } = this.#options
    let answer: unknown = value
    if (typeof value === 'function') {
      try {
        answer = (value as (error: unknown) => unknown)(error)
      } catch (thrown) {
        frame.fail(withCause(thrown, error))
        return NEXT
      }
    }
    if (!isThenable(answer)) {
      frame.succeed(answer)
      frame.fallback = true
      return NEXT
    }
    return this.#wait(frame, index, answer, error)
  }

  /** Whatever is still being computed is no longer wanted; its callbacks find another number. */
  override cancel(frame: Frame, index: number): void {
    ;(frame.slots[index] as Pending).computing += 1
  }

  #answers(frame: Frame): boolean {
    const kind: Kind = frame.kind
    if (kind === ABORTED) return false
    // A refusal is looked at as the error that the caller would get.
    const asFailure = kind === SUCCEEDED ? SUCCEEDED : FAILED
    return verdictOf(asFailure, kind === SUCCEEDED ? frame.value : frame.error, this.#options) === 'failure'
  }

  #wait(frame: Frame, index: number, answer: PromiseLike<unknown>, error: unknown): Flow {
    const pending = frame.slots[index] as Pending
    pending.computing += 1
    const mine = pending.computing
    Promise.resolve(answer).then(
      (value) => {
        if (pending.computing !== mine) return discard(value)
        frame.succeed(value)
        frame.fallback = true
        frame.resume(index, false)
      },
      (thrown: unknown) => {
        if (pending.computing !== mine) return
        frame.fail(withCause(thrown, error))
        frame.resume(index, false)
      },
    )
    return WAIT
  }
}

/** Counts computations, so that one that was given up is told from the one that is waited for. */
interface Pending {
  computing: number
}

function withCause(thrown: unknown, cause: unknown): unknown {
  if (thrown instanceof Error && thrown.cause === undefined && thrown !== cause && Object.isExtensible(thrown)) {
    Object.defineProperty(thrown, 'cause', { value: cause, configurable: true, writable: true })
  }
  return thrown
}

const RULES: Readonly<Record<string, Rule>> = {
  value: required(anything),
  when: callback,
  whenResult: callback,
}
