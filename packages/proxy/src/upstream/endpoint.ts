import type { Target } from '@watertight/traffic'
import type { UpstreamListener } from './upstream-stream.js'

/** How many connections an endpoint gets, and how long they are kept. */
export interface ConnectionLimits {
  readonly connectionsMax: number
  /** To all endpoints of the destination together. */
  readonly connectionsInAll: number
  /** Those that are open to all of them. */
  readonly opened: { count: number }
  /** Requests that may wait for a connection. */
  readonly pendingMax: number
  readonly connectMs: number
  /** How long a connection may wait for a request. */
  readonly idleMs: number
}

/** Whether an endpoint with so many may open another. None is ever without any, for it could not be used. */
export function mayConnect(limits: ConnectionLimits, own: number): boolean {
  return own < limits.connectionsMax && (own === 0 || limits.opened.count < limits.connectionsInAll)
}

/** A request that has no connection yet. */
export interface PendingRequest extends UpstreamListener {
  readonly isOver: boolean
}

/** One place where a destination answers, whatever it speaks. */
export interface Endpoint extends Target {
  readonly origin: string
  index: number
  /** Requests under way, until the end of their answers. */
  active: number
  readonly connections: number
  /** Requests that wait for a connection. */
  readonly pending: number
  /**
   * Gives the request a connection now or later; `false` when too many wait already. `isAgain`: it has met a connection
   * that was dead, and another one that has waited as long may be dead as well.
   */
  acquire(request: PendingRequest, isAgain?: boolean): boolean
  /** Other limits, from the next connection on. */
  reconfigure(limits: ConnectionLimits): void
  /** Ends idle connections now, and the others once their answers have ended. */
  close(): void
}
