import { RefusalError, type Refusal } from '../outcome/refusal.js'

const RATE_LIMITED = 'WT_RATE_LIMITED'

/** Thrown when a rate limit is used up. The operation has not run; `retryAfterMs` tells when it may. */
export class RateLimitedError extends RefusalError {
  override readonly name = 'RateLimitedError'
  /** Calls that are allowed each `perMs`. */
  readonly limit: number
  /** Milliseconds. */
  readonly perMs: number

  constructor(limit: number, perMs: number, retryAfterMs: number) {
    super(
      RATE_LIMITED,
      `rate limit of ${limit} per ${perMs} ms is used up: retry after ${Math.ceil(retryAfterMs)} ms`,
      retryAfterMs,
    )
    this.limit = limit
    this.perMs = perMs
  }
}

/** That refusal as a value. */
export class RateLimitRefusal implements Refusal {
  readonly code: string = RATE_LIMITED
  readonly limit: number
  readonly perMs: number
  readonly retryAfterMs: number

  constructor(limit: number, perMs: number, retryAfterMs: number) {
    this.limit = limit
    this.perMs = perMs
    this.retryAfterMs = retryAfterMs
  }

  toError(): RateLimitedError {
    return new RateLimitedError(this.limit, this.perMs, this.retryAfterMs)
  }
}
