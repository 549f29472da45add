import type { UnsettledResult } from '@watertight/policy'
import { ExpiryEntry } from '@watertight/policy/decisions'
import type { Verdict } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { limitQueue } from '../../runtime/limit-queue.js'

/** Whom it matters to how an answer ends. */
export interface OutcomeListener<Answer> {
  /** It counts from now on; once more if it was taken for a success and broke off after that. */
  counted(answer: Answer, verdict: Verdict): void
  /** It is known how all of it went. */
  ended(answer: Answer, end: Verdict, error: Error | undefined): void
}

type OnSettled = Parameters<UnsettledResult['whenSettled']>[0]
type OnEnded = (end: Verdict, error: Error | undefined) => void

/**
 * What an answer comes to. Its head says how it begins, and only the end of its body how it went: one that breaks off is
 * a failure whatever its status. Metrics wait for the end. Circuit breaker and ejection wait a second for it, since a
 * stream may go on for hours; a stream that breaks off after that is one failure on top of its success.
 */
export class AnswerOutcome<Answer = unknown> extends ExpiryEntry implements UnsettledResult {
  /** By its head. */
  readonly #verdict: Verdict
  readonly #answer: Answer | undefined
  readonly #listener: OutcomeListener<Answer> | undefined
  #end: Verdict | undefined = undefined
  #error: Error | undefined = undefined
  #isCounted: boolean = false
  #onSettled: OnSettled | undefined = undefined
  #onEnded: OnEnded | undefined = undefined

  /** Without a listener it matters to the policies alone. */
  constructor(verdict: Verdict, answer?: Answer, listener?: OutcomeListener<Answer>) {
    super()
    this.#verdict = verdict
    this.#answer = answer
    this.#listener = listener
    // A failure by its head does not become a better one.
    if (verdict.failed) this.settle(verdict)
  }

  /** Itself, unless it has ended as it began. */
  get unsettled(): UnsettledResult | undefined {
    return this.#end === undefined || this.#end !== this.#verdict ? this : undefined
  }

  /** The answer is handed on while its body is still coming: it counts after a second. */
  watch(): void {
    if (this.#end === undefined) counted.add(this, clock.now())
  }

  /** All of it has come, or will not. The first end holds. */
  settle(end: Verdict, error?: Error): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#error = error
    this.end()
    this.#count(end)
    this.#listener?.ended(this.#answer!, end, error)
    this.#onEnded?.(end, error)
  }

  whenSettled(callback: OnSettled): void {
    this.#onSettled = callback
    if (this.#end !== undefined) callback(countsAs(this.#end), this.#error)
    else if (this.#isCounted) callback(countsAs(this.#verdict))
  }

  /** Calls back once it is known how all of it went; at once if it is. */
  whenEnded(callback: OnEnded): void {
    if (this.#end !== undefined) callback(this.#end, this.#error)
    else this.#onEnded = callback
  }

  override expire(): void {
    this.#count(this.#verdict)
  }

  #count(verdict: Verdict): void {
    if (this.#isCounted && !verdict.failed) return
    this.#isCounted = true
    this.#listener?.counted(this.#answer!, verdict)
    this.#onSettled?.(countsAs(verdict), this.#error)
  }
}

/** The wait for the end of a body, after which its answer counts. */
const counted = limitQueue(1_000)!

function countsAs({ outcome }: Verdict): 'success' | 'failure' | 'ignored' {
  return outcome === 'success' || outcome === 'failure' ? outcome : 'ignored'
}
