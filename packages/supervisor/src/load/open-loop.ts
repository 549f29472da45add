import { setTimeout as sleep } from 'node:timers/promises'

export interface OpenLoopOptions {
  /** Takes those that are due by then, each with when it was: both in milliseconds from the start. */
  readonly due: (elapsedMs: number) => Iterable<number>
  /** Sends one, which was due `lateMs` ago when it is asked; resolves once it is over, and never rejects. */
  readonly send: (lateMs: () => number) => Promise<void>
  /** One was due while so many were under way that one more would only cost memory: an outage already. */
  readonly omitted: (lateMs: number) => void
  /** So many may be under way. Default 1000. */
  readonly inFlightMax?: number
}

const TICK_MS = 10

/**
 * Sends at given times, whether or not those before are over, as real callers come. What one takes counts from when it was due,
 * so that a system that stalls cannot hide it by keeping the next ones from being sent (coordinated omission: Gil Tene,
 * "How NOT to Measure Latency").
 */
export class OpenLoop {
  readonly #options: OpenLoopOptions
  readonly #underWay = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  /** Begins at once. */
  constructor(options: OpenLoopOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  /** Sends no more. Resolves once all that was sent is over. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const startedAt = performance.now()
    while (!signal.aborted) {
      for (const dueMs of this.#options.due(performance.now() - startedAt)) this.#begin(startedAt + dueMs)
      await sleep(TICK_MS, undefined, { signal }).catch(() => {})
    }
  }

  #begin(dueAt: number): void {
    const { send, omitted, inFlightMax = 1_000 } = this.#options
    const lateMs = (): number => performance.now() - dueAt
    if (this.#underWay.size >= inFlightMax) return omitted(lateMs())
    const sent = send(lateMs).then(() => void this.#underWay.delete(sent))
    this.#underWay.add(sent)
  }
}
