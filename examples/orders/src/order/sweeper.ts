import { setTimeout as sleep } from 'node:timers/promises'
import type { PlaceOrder } from './place-order.js'
import { calleeNames, type CalleeName } from './steps.js'

const SWEEP_EVERY_MS = 500

/** Waits for `ms`, or until `signal` aborts; never rejects. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export interface SweeperOptions {
  readonly placeOrder: Pick<PlaceOrder, 'sweep'>
  /** Hears of a sweep that failed as a whole, which the next one makes good: the store did not answer. */
  readonly onTrouble: (error: unknown) => void
  /** Default: the platform's timers. */
  readonly pause?: Pause
}

const systemPause: Pause = (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {})

/** Sweeps twice a second for each service, independently, until it is stopped. No failure ends it. */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #stop = new AbortController()
  readonly #sweeping: Promise<unknown>

  constructor(options: SweeperOptions) {
    this.#options = options
    this.#sweeping = Promise.all(calleeNames.map((callee) => this.#sweepUntilStopped(callee)))
  }

  /** Resolves when the sweeps under way have ended. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#sweeping
  }

  async #sweepUntilStopped(callee: CalleeName): Promise<void> {
    const { placeOrder, onTrouble, pause = systemPause } = this.#options
    const { signal } = this.#stop
    while (!signal.aborted) {
      await placeOrder.sweep(callee).catch(onTrouble)
      await pause(SWEEP_EVERY_MS, signal)
    }
  }
}
