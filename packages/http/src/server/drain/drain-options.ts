import type { Clock } from '../../runtime/clock.js'
import type { ServerGuard } from '../guard/server-guard.js'
import type { CloseHook, CloseResult } from './close-hooks.js'
import type { DrainedServer } from './server-connections.js'

export interface DrainOptions {
  /** The server to close, of HTTP/1 or HTTP/2; of a framework, the one below it (`app.server` of Fastify). */
  readonly server: DrainedServer
  readonly guard: ServerGuard
  /** How long callers may take to notice that the service is not ready any more, in milliseconds. Default 5000. */
  readonly probePeriodMs?: number
  /** How long requests in flight may take after that, in milliseconds. Default 20000. */
  readonly drainMs?: number
  /** Closes stores and the like, one after the other, once no request is worked on. */
  readonly onClose?: readonly CloseHook[]
  /** Hears of each phase as it begins. */
  readonly onPhase?: (phase: DrainPhase) => void
  /** For tests. Default the one that policies read. */
  readonly clock?: Clock
}

/**
 * - `unready`: readiness fails, every request is still answered, and each answer closes its connection
 * - `closing`: nobody can connect any more, requests in flight are finished
 * - `stores`: the hooks of `onClose` run
 * - `done`
 */
export type DrainPhase = 'unready' | 'closing' | 'stores' | 'done'

export interface DrainReport {
  /** Requests that were not done within `drainMs`, those included whose callers had left. */
  readonly cut: number
  readonly closed: readonly CloseResult[]
  /** Nothing was cut and every hook closed in time. */
  readonly isClean: boolean
}
