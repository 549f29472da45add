import type { GatewayLimits } from '@watertight/manifest'
import { ExpiryQueue, systemClock } from '@watertight/policy/decisions'

/** How long a caller may take for each part, in milliseconds. */
export interface CallerLimits {
  /** Between two requests. Default 60000. */
  readonly idleMs: number
  /** From the first byte of a head to its last. Default 10000. */
  readonly headMs: number
  /** For the whole request, and for each silence while an answer waits to be read. Default 30000. */
  readonly stallMs: number
  /** Requests on one connection. Default 10000. */
  readonly requestsMax: number
  /** Whether HTTP/1.0 is answered, or refused with 426. Default `false`. */
  readonly allowsHttp10: boolean
}

export const callerLimitDefaults: CallerLimits = {
  idleMs: 60_000,
  headMs: 10_000,
  stallMs: 30_000,
  requestsMax: 10_000,
  allowsHttp10: false,
}

/** What the document says of them. */
export function callerLimits(limits: GatewayLimits, allowsHttp10: boolean): CallerLimits {
  return {
    idleMs: limits.idleMs,
    headMs: limits.headersTimeoutMs,
    stallMs: limits.requestTimeoutMs,
    requestsMax: limits.requestsPerConnection,
    allowsHttp10,
  }
}

/** One timer for each kind of wait, whatever the number of connections. */
export class CallerQueues {
  readonly idle: ExpiryQueue
  readonly head: ExpiryQueue
  readonly stall: ExpiryQueue

  constructor({ idleMs, headMs, stallMs }: CallerLimits) {
    this.idle = new ExpiryQueue(systemClock, idleMs)
    this.head = new ExpiryQueue(systemClock, headMs)
    this.stall = new ExpiryQueue(systemClock, stallMs)
  }
}
