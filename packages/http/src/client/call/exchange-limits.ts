import type { TimeLimits } from '@watertight/traffic'
import type { ExpiryQueue } from '@watertight/policy/decisions'
import { limitQueue } from '../../runtime/limit-queue.js'

/** The limits that an exchange keeps itself. Each queue is one timer for all exchanges of a destination. */
export interface ExchangeLimits {
  readonly attempt: ExpiryQueue | undefined
  readonly headers: ExpiryQueue | undefined
  readonly bodyIdle: ExpiryQueue | undefined
  /** The wait for the end of a body, after which its answer counts. */
  readonly counted: ExpiryQueue
  readonly bodyBytesMax: number
}

export function exchangeLimits(limits: TimeLimits, bodyBytesMax: number): ExchangeLimits {
  const { attemptMs, totalMs, bodyIdleMs = 30_000 } = limits
  const isLimited = attemptMs !== undefined || totalMs !== undefined
  const { responseHeadersMs = isLimited ? Infinity : 30_000 } = limits
  return {
    attempt: limitQueue(attemptMs),
    // A limit on the head that an attempt's limit cuts short in any case need not be kept.
    headers: responseHeadersMs < (attemptMs ?? Infinity) ? limitQueue(responseHeadersMs) : undefined,
    bodyIdle: limitQueue(bodyIdleMs),
    counted: limitQueue(COUNTED_AFTER_MS)!,
    bodyBytesMax,
  }
}

const COUNTED_AFTER_MS = 1_000
