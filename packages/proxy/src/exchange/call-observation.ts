import { systemClock } from '@watertight/policy/decisions'
import type { Outcome } from '@watertight/policy/engine'
import type { ObservedCall, Observer } from '@watertight/traffic'
import { AttemptFailure } from '../upstream/attempt-failure.js'
import type { UpstreamAttempt } from '../upstream/upstream-attempt.js'

/** What the policies would have done to one call that they only observe. */
export class CallObservation {
  private readonly observer: Observer
  private readonly call: ObservedCall
  private isOver: boolean = false

  constructor(observer: Observer) {
    this.observer = observer
    this.call = observer.began(systemClock.now())
  }

  /** Without an outcome its caller has left. Answers in words what would have been done, if anything. */
  ended(outcome: Outcome<unknown> | undefined): string | undefined {
    if (this.isOver) return undefined
    this.isOver = true
    const worthRepeating = outcome !== undefined && isWorthRepeating(outcome)
    const { timedOut, retried } = this.observer.ended(this.call, systemClock.now(), worthRepeating)
    const { refusedBy } = this.call
    const words = [
      refusedBy === undefined ? '' : `refused by ${refusedBy}`,
      timedOut ? 'timed out' : '',
      retried ? 'tried again' : '',
    ].filter((word) => word !== '')
    return words.length === 0 ? undefined : `would have been ${words.join(', ')}`
  }
}

function isWorthRepeating(outcome: Outcome<unknown>): boolean {
  if (outcome.ok) return (outcome.value as UpstreamAttempt).mayTryAgain()
  return outcome.error instanceof AttemptFailure && outcome.error.retryable
}
