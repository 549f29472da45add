import { clock } from '../../runtime/clock.js'
import type { DrainReport } from './drain-options.js'

export interface SignalOptions {
  /** Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
  /** Ends the process once the drain is over. Default `true`. */
  readonly exit?: boolean
}

/**
 * A terminal and a package manager may both pass on one Ctrl-C: signals that come together are one, in milliseconds.
 */
const TOGETHER_MS = 1_000
/** As a shell reports a process that a signal has ended: 128 and the number of SIGTERM. */
const EXIT_AT_ONCE = 143

export function installSignals(run: () => Promise<DrainReport>, options: SignalOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], exit = true } = options
  let firstAt: number | undefined
  const listener = (): void => {
    const now = clock.now()
    if (firstAt !== undefined) {
      if (now - firstAt > TOGETHER_MS) process.exit(EXIT_AT_ONCE)
      return
    }
    firstAt = now
    void run().then(({ isClean }) => {
      if (exit) process.exit(isClean ? 0 : 1)
    })
  }
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}
