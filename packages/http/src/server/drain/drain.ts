import {
  atLeast,
  callback,
  checkOptions,
  having,
  number,
  required,
  type Rule,
  text,
} from '@watertight/policy/options'
import { clock as runtimeClock } from '../../runtime/clock.js'
import { closeInOrder, type CloseHook } from './close-hooks.js'
import { closeListener } from './close-listener.js'
import type { DrainOptions, DrainPhase, DrainReport } from './drain-options.js'
import { serverConnections, type ServerConnections } from './server-connections.js'
import { installSignals, type SignalOptions } from './signals.js'

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
  const connections = serverConnections(options.server)
  let report: Promise<DrainReport> | undefined
  const run = (): Promise<DrainReport> => (report ??= drain(options, connections))
  return { run, installSignals: (signals) => installSignals(run, signals) }
}

const hooks: Rule = {
  allowed: "a list of { name: 'database', close: () => database.close() }",
  accepts: (value) =>
    Array.isArray(value) &&
    value.every(({ name, close }: Partial<CloseHook>) => text.accepts(name) && callback.accepts(close)),
}

const rules = {
  server: required(having('close', 'a server')),
  guard: required(having('closeConnections', 'a server guard')),
  probePeriodMs: atLeast(0),
  drainMs: number('a number >= 0', (value) => value >= 0),
  onClose: hooks,
  onPhase: callback,
  clock: having('setTimer', 'a clock'),
}

async function drain(options: DrainOptions, connections: ServerConnections): Promise<DrainReport> {
  const {
    server,
    guard,
    probePeriodMs = 5_000,
    drainMs = 20_000,
    onClose = [],
    clock = runtimeClock,
  } = options
  const onPhase = (phase: DrainPhase): void => {
    try {
      options.onPhase?.(phase)
    } catch (error) {
      // Whoever only listens must not keep stores from being closed.
      console.error(error)
    }
  }
  onPhase('unready')
  guard.health?.startDraining()
  guard.closeConnections()
  await new Promise<void>((resolve) => clock.setTimer(probePeriodMs, resolve, true))
  onPhase('closing')
  const cut = await closeListener(server, connections, guard, drainMs, clock)
  onPhase('stores')
  const closed = await closeInOrder(onClose, clock)
  onPhase('done')
  return { cut, closed, isClean: cut === 0 && closed.every(({ outcome }) => outcome === 'closed') }
}
