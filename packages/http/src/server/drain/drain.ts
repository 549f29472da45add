import {
  anything,
  atLeast,
  callback,
  checkOptions,
  having,
  number,
  required,
} from '@watertight/policy/options'
import type { Server } from 'node:http'
import { clock as runtimeClock, type Clock } from '../../runtime/clock.js'
import type { ServerGuard } from '../guard/server-guard.js'
import { closeInOrder, type CloseHook, type CloseResult } from './close-hooks.js'
import { closeListener } from './close-listener.js'
import { installSignals, type SignalOptions } from './signals.js'

export interface DrainOptions {
  /** The server to close; of a framework, the one below it (`app.server` of Fastify). */
  readonly server: Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>
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

/** Takes a server out of service without failing a request. */
export interface Drain {
  /** Drains once, however often it is called. */
  run(): Promise<DrainReport>
  /**
   * Drains on SIGTERM and SIGINT, then ends the process: with code 0, or 1 when something was cut off or did not close.
   * A second signal, a second or more after the first, ends it at once with code 143. Call what it returns to remove the listeners.
   */
  installSignals(options?: SignalOptions): () => void
}

/**
 * Readiness fails first; then everybody who follows it has one probe period to notice; then the listener closes, and
 * requests in flight are finished; then stores close in order.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * import { createServer } from 'node:http'
 *
 * const guard = createServerGuard()
 * const server = createServer(guard.listener((_request, response) => response.end('hello')))
 * const drain = createDrain({ server, guard, onClose: [{ name: 'database', close: async () => {} }] })
 * drain.installSignals()
 */
export function createDrain(options: DrainOptions): Drain {
  checkOptions('drain', options, rules)
  let report: Promise<DrainReport> | undefined
  const run = (): Promise<DrainReport> => (report ??= drain(options))
  return { run, installSignals: (signals) => installSignals(run, signals) }
}

const rules = {
  server: required(having('close', 'a server')),
  guard: required(having('closeConnections', 'a server guard')),
  probePeriodMs: atLeast(0),
  drainMs: number('a number >= 0', (value) => value >= 0),
  onClose: anything,
  onPhase: callback,
  clock: having('setTimer', 'a clock'),
}

async function drain(options: DrainOptions): Promise<DrainReport> {
  const {
    server,
    guard,
    probePeriodMs = 5_000,
    drainMs = 20_000,
    onClose = [],
    clock = runtimeClock,
  } = options
  const { onPhase = () => undefined } = options
  onPhase('unready')
  guard.health?.startDraining()
  guard.closeConnections()
  await new Promise<void>((resolve) => clock.setTimer(probePeriodMs, resolve, true))
  onPhase('closing')
  const cut = await closeListener(server, guard, drainMs, clock)
  onPhase('stores')
  const closed = await closeInOrder(onClose, clock)
  onPhase('done')
  return { cut, closed, isClean: cut === 0 && closed.every(({ outcome }) => outcome === 'closed') }
}
