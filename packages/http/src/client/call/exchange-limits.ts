import type { TimeLimits } from '@watertight/traffic'
import { type LimitQueue, limitQueue } from '../../runtime/limit-queue.js'

/** The limits that an exchange keeps itself. Each queue is one timer for all exchanges of a destination. */
export interface ExchangeLimits {
  readonly attempt: LimitQueue | undefined
  readonly headers: LimitQueue | undefined
  readonly bodyIdle: LimitQueue | undefined
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
    bodyBytesMax,
  }
}
