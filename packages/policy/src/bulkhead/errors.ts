import { RefusalError, type Refusal } from '../outcome/refusal.js'

const BULKHEAD_FULL = 'WT_BULKHEAD_FULL'

/**
 * - `full`: neither a slot nor a place in the queue was free
 * - `evicted`: its place in the queue was needed for a more important call
 * - `expired`: it waited as long as it may
 */
export type BulkheadRefusalReason = 'full' | 'evicted' | 'expired'

/** Thrown when a bulkhead has no room for a call. The operation has not run. */
export class BulkheadFullError extends RefusalError {
  override readonly name = 'BulkheadFullError'
  readonly reason: BulkheadRefusalReason
  /** Calls that held a slot at the time. */
  readonly running: number
  /** Calls that waited for one at the time. */
  readonly queued: number

  constructor(reason: BulkheadRefusalReason, running: number, queued: number) {
    super(BULKHEAD_FULL, `bulkhead ${EXPLANATIONS[reason]}: ${running} running, ${queued} queued`)
    this.reason = reason
    this.running = running
    this.queued = queued
  }
}

const EXPLANATIONS: Readonly<Record<BulkheadRefusalReason, string>> = {
  full: 'is full',
  evicted: 'gave its place in the queue to a more important call',
  expired: 'granted no slot within maxWaitMs',
}

/** That refusal as a value. */
export class BulkheadRefusal implements Refusal {
  readonly code: string = BULKHEAD_FULL
  readonly reason: BulkheadRefusalReason
  readonly running: number
  readonly queued: number

  constructor(reason: BulkheadRefusalReason, running: number, queued: number) {
    this.reason = reason
    this.running = running
    this.queued = queued
  }

  toError(): BulkheadFullError {
    return new BulkheadFullError(this.reason, this.running, this.queued)
  }
}
