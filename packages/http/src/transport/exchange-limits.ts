import { type ExpiryQueue, expiryQueue } from '../time-limit/expiry-queue.js'

export interface TimeLimits {
  /** How long opening a connection may take, TLS included; milliseconds > 0. Default 5000. */
  readonly connectMs?: number | undefined
  /**
   * From the end of the request to the head of its response; milliseconds > 0. Default 30000, or none where
   * `attemptMs` or `totalMs` is given.
   */
  readonly responseHeadersMs?: number | undefined
  /** Between two parts of a response's body; milliseconds > 0. Default 30000. */
  readonly bodyIdleMs?: number | undefined
  /** One attempt, from its start to the head of its response; milliseconds > 0. Default: none. */
  readonly attemptMs?: number | undefined
  /** The whole call, attempts, waits and the response's body included; milliseconds > 0. Default 60000. */
  readonly totalMs?: number | undefined
}

/** The limits that an exchange keeps itself. Each queue is one timer for all exchanges of a destination. */
export interface ExchangeLimits {
  readonly attempt: ExpiryQueue | undefined
  readonly headers: ExpiryQueue | undefined
  readonly bodyIdle: ExpiryQueue | undefined
  readonly bodyBytesMax: number
}

export function exchangeLimits(limits: TimeLimits, bodyBytesMax: number): ExchangeLimits {
  const { attemptMs, totalMs, bodyIdleMs = 30_000 } = limits
  const isLimited = attemptMs !== undefined || totalMs !== undefined
  const { responseHeadersMs = isLimited ? Infinity : 30_000 } = limits
  return {
    attempt: expiryQueue(attemptMs),
    // A limit on the head that an attempt's limit cuts short in any case need not be kept.
    headers: responseHeadersMs < (attemptMs ?? Infinity) ? expiryQueue(responseHeadersMs) : undefined,
    bodyIdle: expiryQueue(bodyIdleMs),
    bodyBytesMax,
  }
}
