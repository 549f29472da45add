import { RefusalError, type Refusal } from '../outcome/refusal.js'

const OVERLOADED = 'WT_OVERLOADED'

/**
 * - `full`: neither a slot nor a place in the queue was free
 * - `evicted`: its place in the queue was needed for a more important call
 * - `expired`: it waited longer than an overloaded destination lets calls wait
 */
export type OverloadReason = 'full' | 'evicted' | 'expired'

/** Thrown when an adaptive limit sheds a call. The operation has not run. */
export class OverloadedError extends RefusalError {
  override readonly name = 'OverloadedError'
  readonly reason: OverloadReason
  /** Calls that might run at once at the time. */
  readonly limit: number
  readonly inFlight: number
  readonly queued: number

  constructor(reason: OverloadReason, limit: number, inFlight: number, queued: number) {
    super(OVERLOADED, `overloaded (${reason}): ${inFlight} in flight of ${limit}, ${queued} queued`)
    this.reason = reason
    this.limit = limit
    this.inFlight = inFlight
    this.queued = queued
  }
}

/** That refusal as a value. */
export class OverloadRefusal implements Refusal {
  readonly code: string = OVERLOADED
  readonly reason: OverloadReason
  readonly limit: number
  readonly inFlight: number
  readonly queued: number

  constructor(reason: OverloadReason, limit: number, inFlight: number, queued: number) {
    this.reason = reason
    this.limit = limit
    this.inFlight = inFlight
    this.queued = queued
  }

  toError(): OverloadedError {
    return new OverloadedError(this.reason, this.limit, this.inFlight, this.queued)
  }
}
