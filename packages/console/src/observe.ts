import type { ConsoleOptions } from './console-options.js'
import { ConsoleSystem } from './console-system.js'
import type { Snapshot } from './model/snapshot.js'

/** What of a system to observe. */
export type ObserveOptions = Omit<ConsoleOptions, 'port' | 'host' | 'token'>

/** Nothing has come for so long: looked at again, for the signal may have been aborted. */
const QUIET_MS = 60_000

/**
 * A running system as its console sees it, without a page: a snapshot a second, until the signal is aborted. Rates and percentiles
 * are null until they have been measured, for which the first two seconds are needed.
 *
 * @example
 * const ended = new AbortController()
 * for await (const { services } of observe({ manifest: 'watertight.yaml' }, ended.signal)) {
 *   console.log(services.map(({ name, level }) => `${name} ${level}`))
 *   ended.abort()
 * }
 */
export async function* observe(options: ObserveOptions, signal: AbortSignal): AsyncGenerator<Snapshot> {
  const system = new ConsoleSystem(options)
  try {
    await system.start()
    for await (const told of system.feed.follow(undefined, QUIET_MS, signal)) {
      const { latest } = system.feed
      if (told !== undefined && latest !== undefined) yield latest
    }
  } finally {
    await system.close()
  }
}
