import { AgingEntries } from '../cache/aging-entries.js'
import { checkOptions } from '../options/check-options.js'
import { above, anything, callback, integer, nested, required, type Rules } from '../options/rules.js'
import { OptionError } from '../options/option-error.js'
import { verdictOf } from '../outcome/failure-predicates.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, FAILED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { NEXT, WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import type { HappyPlace } from '../engine/happy-place.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { isThenable } from '../promise/thenable.js'

interface FallbackConditions {
  /** Whether this error is answered from elsewhere. Default: every failure and every refusal is. */
  readonly when?: ((error: unknown) => boolean) | undefined
  /** Whether this result is replaced although it is no error. Default: none is. */
  readonly whenResult?: ((value: unknown) => boolean) | undefined
  /**
   * Keeps the request for later, such as in an outbox, whenever a failure is answered. It is waited for; when it
   * throws or rejects the call fails with its error, since nothing has been kept then.
   */
  readonly enqueue?:
    ((error: unknown, call: { readonly key: string | undefined }) => void | PromiseLike<void>) | undefined
}

export interface FallbackOptions<F> extends FallbackConditions {
  /** The answer instead of a failure: a value, or a function of the error that returns one or a promise of it. */
  readonly value: F | ((error: unknown) => F | PromiseLike<F>)
  /** Answers with the last good result where there is one, and with `value` where there is none. */
  readonly lastGood?: LastGoodOptions | undefined
}

/** A fallback that has nothing to offer but the last good result: without one, the failure stands. */
export interface LastGoodFallbackOptions extends FallbackConditions {
  readonly value?: never
  readonly lastGood: LastGoodOptions
}

/** Which results are kept as an answer, by the `key` of the call. A call without a key has none. */
export interface LastGoodOptions {
  /** The oldest result that still answers, in milliseconds, > 0. */
  readonly maxAgeMs: number
  /** How many are kept; the least recently used goes first. Default 1000. */
  readonly max?: number | undefined
}

/**
 * Answers failures and refusals from elsewhere. The caller's own abort is not answered: nobody is listening.
 *
 * The outcome says `fallback: true`. A function that throws, or rejects, fails the call with its error, whose
 * `cause`, unless it has one of its own, is the failure that was to be answered.
 *
 * @throws {OptionError} when both `value` and `lastGood` are missing, or an option is unknown or out of range
 * @example
 * const call = fallback({ value: { points: 0 }, when: (error) => error instanceof Error })
 * const points = await call.execute(async () => ({ points: 12 }))
 */
export function fallback(options: LastGoodFallbackOptions): Policy
export function fallback<F>(options: FallbackOptions<F>): Policy<F>
export function fallback(options: LastGoodFallbackOptions | FallbackOptions<unknown>): Policy {
  return new Fallback(options)
}

class Fallback extends PolicyStep {
  readonly name = 'fallback'
  readonly #options: LastGoodFallbackOptions | FallbackOptions<unknown>
  readonly #good: AgingEntries | undefined

  constructor(options: LastGoodFallbackOptions | FallbackOptions<unknown>) {
    super()
    checkOptions('fallback', options, RULES)
    const { lastGood } = options
    if (lastGood === undefined && !('value' in options)) {
      throw new OptionError('cannot create fallback: value or lastGood must be given, got neither', 'value')
    }
    this.#options = options
    this.#good =
      lastGood === undefined ? undefined : new AgingEntries(lastGood.max ?? 1_000, lastGood.maxAgeMs)
  }

  override place(): HappyPlace | undefined {
    return this.#options.whenResult === undefined && this.#good === undefined ? 'anywhere' : undefined
  }

  override newSlot(): Pending {
    return { computing: 0 }
  }

  override enter(): Flow {
    return NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    if (frame.cancelled) return NEXT
    const { key } = frame.options
    const { enqueue, value } = this.#options
    const hasFailed = frame.kind !== SUCCEEDED
    if (!this.#answers(frame)) {
      if (key !== undefined && !hasFailed && !frame.fallback) this.#good?.set(key, frame.value, frame.now())
      return NEXT
    }
    const good = key === undefined ? undefined : this.#good?.get(key, frame.now())
    if (good === undefined && !('value' in this.#options)) return NEXT
    const error = hasFailed ? frame.error : undefined
    if (!hasFailed) discard(frame.value)
    if (this.observed) this.emit('fallback', { error })
    const answer = (): unknown => {
      if (good !== undefined) return good.value
      return typeof value === 'function' ? (value as (error: unknown) => unknown)(error) : value
    }
    const give = (answered: unknown): Flow => {
      frame.end(SUCCEEDED, answered, true)
      return NEXT
    }
    const reply = (): Flow => ask(frame, index, error, answer, give)
    return enqueue === undefined ? reply() : ask(frame, index, error, () => enqueue(error, { key }), reply)
  }

  /** Whatever is still being computed is no longer wanted; its callbacks find another number. */
  override cancel(frame: Frame, index: number): void {
    ;(frame.slots[index] as Pending).computing += 1
  }

  #answers(frame: Frame): boolean {
    const { kind } = frame
    if (kind === ABORTED) return false
    // A refusal is looked at as the error that the caller would get.
    return verdictOf(kind === SUCCEEDED ? kind : FAILED, frame.error, this.#options) === 'failure'
  }
}

/**
 * Asks a callback of the user's, waits if there is anything to wait for, and goes on with what came of it. A failure of
 * that fails the call.
 */
function ask(
  frame: Frame,
  index: number,
  error: unknown,
  source: () => unknown,
  goOn: (value: unknown) => Flow,
): Flow {
  const pending = frame.slots[index] as Pending
  const mine = (pending.computing += 1)
  const fail = (thrown: unknown): Flow => {
    frame.end(FAILED, withCause(thrown, error))
    return NEXT
  }
  const ended = (kind: Kind, value: unknown): void => {
    if (pending.computing !== mine) {
      if (kind === SUCCEEDED) discard(value)
    } else if ((kind === SUCCEEDED ? goOn : fail)(value) === NEXT) frame.resume(index, false)
  }
  try {
    const answer = source()
    const waits = frame.awaits?.(answer, ended) ?? awaitPromise(answer, ended)
    return waits ? WAIT : goOn(answer)
  } catch (thrown) {
    return fail(thrown)
  }
}

/** Waits for a promise, and then tells how that ended; `false` when the answer is none. */
function awaitPromise(answer: unknown, ended: (kind: Kind, value: unknown) => void): boolean {
  if (!isThenable(answer)) return false
  Promise.resolve(answer).then(
    (value) => ended(SUCCEEDED, value),
    (error: unknown) => ended(FAILED, error),
  )
  return true
}

/** Counts computations, so that one that was given up is told from the one that is waited for. */
interface Pending {
  computing: number
}

function withCause(thrown: unknown, cause: unknown): unknown {
  if (
    thrown instanceof Error &&
    thrown.cause === undefined &&
    thrown !== cause &&
    Object.isExtensible(thrown)
  ) {
    Object.defineProperty(thrown, 'cause', { value: cause, configurable: true, writable: true })
  }
  return thrown
}

const RULES: Rules = {
  value: anything,
  lastGood: nested({ maxAgeMs: required(above(0)), max: integer(1) }),
  enqueue: callback,
  when: callback,
  whenResult: callback,
}
