import type { GatewayLimits } from '@watertight/manifest'
import { expiryQueue, type ExpiryQueue, systemClock } from '@watertight/policy/decisions'

/** How long a caller may take for each part, in milliseconds. */
export interface CallerLimits {
  /** Between two requests. Default 60000. */
  readonly idleMs: number
  /** From the first byte of a head to its last. Default 10000. */
  readonly headMs: number
  /** For the whole request. Default 30000. */
  readonly requestMs: number
  /** Requests on one connection. Default 10000. */
  readonly requestsMax: number
  /** Whether HTTP/1.0 is answered, or refused with 426. Default `false`. */
  readonly allowsHttp10: boolean
}

export const callerLimitDefaults: CallerLimits = {
  idleMs: 60_000,
  headMs: 10_000,
  requestMs: 30_000,
  requestsMax: 10_000,
  allowsHttp10: false,
}

/** A caller that reads nothing of its answer for so long is gone. */
const READING_MS = 30_000
const CLOSE_MS = 5_000
/** Callers that ask all the time do so once more in this time, and learn from the answer that it was the last. */
const LAST_MS = 100
const RESET_MS = 250

/** What the document says of them. */
export function callerLimits(limits: GatewayLimits, allowsHttp10: boolean): CallerLimits {
  return {
    idleMs: limits.idleMs,
    headMs: limits.headersTimeoutMs,
    requestMs: limits.requestTimeoutMs,
    requestsMax: limits.requestsPerConnection,
    allowsHttp10,
  }
}

/** One timer for each kind of wait, whatever the number of connections. */
export class CallerQueues {
  /** For the next request. */
  readonly request: ExpiryQueue
  /** For one more request, once the listener drains. */
  readonly last: ExpiryQueue
  readonly head: ExpiryQueue
  readonly body: ExpiryQueue
  /** For the caller to read its answer. */
  readonly reading: ExpiryQueue
  /** For the caller to close what has been closed from here. */
  readonly close: ExpiryQueue
  /** For the caller to read the answer to a request that it is still sending, before its stream is reset. */
  readonly reset: ExpiryQueue

  constructor({ idleMs, headMs, requestMs }: CallerLimits) {
    const queue = (ms: number): ExpiryQueue => expiryQueue(systemClock, ms)
    this.request = queue(idleMs)
    this.last = queue(LAST_MS)
    this.head = queue(headMs)
    this.body = queue(requestMs)
    this.reading = queue(READING_MS)
    this.close = queue(CLOSE_MS)
    this.reset = queue(RESET_MS)
  }
}
