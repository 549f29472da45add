import { setTimeout as sleep } from 'node:timers/promises'
import { Arrivals } from './arrivals.js'
import { HttpTarget } from './http-target.js'
import { LoadFigures, type LoadReport } from './load-figures.js'
import type { LoadPlan, LoadRequest } from './load-request.js'

export interface LoadOptions {
  /** Such as `https://localhost:8443`; reached on loopback, whatever the name means to this machine. */
  readonly url: string
  /** The certificate, as PEM, of whom to believe. Without one, whoever answers on loopback is believed. */
  readonly authority?: string | undefined
  readonly ratePerSecond: number
  readonly plan: LoadPlan
  /** Within this time the rate rises evenly to what it is to be. Default 5000. */
  readonly risesForMs?: number
  /** How long a caller waits for the whole answer. Default 15000. */
  readonly limitMs?: number
  /** So many may be under way; what is due besides is counted, and not sent. Default 1000. */
  readonly inFlightMax?: number
}

const TICK_MS = 10

/**
 * Sends requests at a steady rate, whether or not those before are answered. What a request takes counts from when it was due,
 * so that a system that stalls cannot hide it by keeping the next ones from being sent (coordinated omission: Gil Tene,
 * "How NOT to Measure Latency").
 */
export class Load {
  readonly #options: LoadOptions
  readonly #target: HttpTarget
  readonly #figures = new LoadFigures(() => performance.now())
  readonly #underWay = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #sent = 0

  /** Begins at once. */
  constructor(options: LoadOptions) {
    const { url, authority, limitMs = 15_000 } = options
    this.#options = options
    this.#target = new HttpTarget({ url, authority, limitMs })
    this.#running = this.#run()
  }

  /** What has become of requests since the last look. */
  look(): LoadReport {
    return this.#figures.look()
  }

  /** What has become of all of them. */
  total(): LoadReport {
    return this.#figures.total()
  }

  /** Sends no more. Resolves once all that was sent has been answered, or after so long. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping.abort()
    await this.#running
    const limit = new AbortController()
    const answered = Promise.all(this.#underWay)
    await Promise.race([answered, sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {})])
    limit.abort()
    this.#target.close()
  }

  async #run(): Promise<void> {
    const { ratePerSecond, risesForMs = 5_000 } = this.#options
    const { signal } = this.#stopping
    const arrivals = new Arrivals({ ratePerSecond, risesForMs })
    const startedAt = performance.now()
    while (!signal.aborted) {
      for (const dueMs of arrivals.due(performance.now() - startedAt)) this.#begin(startedAt + dueMs)
      await sleep(TICK_MS, undefined, { signal }).catch(() => {})
    }
  }

  #begin(dueAt: number): void {
    const { plan, inFlightMax = 1_000 } = this.#options
    if (this.#underWay.size >= inFlightMax) return this.#figures.record('not-sent', performance.now() - dueAt)
    const number = this.#sent++
    const sent = this.#send(plan, number).then((outcome) => {
      this.#figures.record(outcome, performance.now() - dueAt)
      this.#underWay.delete(sent)
    })
    this.#underWay.add(sent)
  }

  async #send(plan: LoadPlan, number: number): Promise<string> {
    let request: LoadRequest
    try {
      request = plan.requestOf(number)
    } catch {
      return 'not-made'
    }
    return await this.#target.send(request)
  }
}
