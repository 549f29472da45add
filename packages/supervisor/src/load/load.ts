import { setTimeout as sleep } from 'node:timers/promises'
import { Arrivals } from './arrivals.js'
import { HttpTarget } from './http-target.js'
import { LoadFigures, type LoadReport } from './load-figures.js'
import type { LoadPlan, LoadRequest } from './load-request.js'
import { OpenLoop } from './open-loop.js'

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

/** Sends requests at a steady rate, whether or not those before are answered. */
export class Load {
  readonly #plan: LoadPlan
  readonly #target: HttpTarget
  readonly #figures = new LoadFigures(() => performance.now())
  readonly #loop: OpenLoop
  #sent = 0

  /** Begins at once. */
  constructor(options: LoadOptions) {
    const { url, authority, ratePerSecond, risesForMs = 5_000, limitMs = 15_000, inFlightMax } = options
    this.#plan = options.plan
    this.#target = new HttpTarget({ url, authority, limitMs })
    const arrivals = new Arrivals({ ratePerSecond, risesForMs })
    this.#loop = new OpenLoop({
      due: (elapsedMs) => arrivals.due(elapsedMs),
      send: async (lateMs) => this.#figures.record(await this.#send(this.#sent++), lateMs()),
      omitted: (lateMs) => this.#figures.record('not-sent', lateMs),
      ...(inFlightMax === undefined ? {} : { inFlightMax }),
    })
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
    const limit = new AbortController()
    const late = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {})
    await Promise.race([this.#loop.stop(), late])
    limit.abort()
    this.#target.close()
  }

  async #send(number: number): Promise<string> {
    let request: LoadRequest
    try {
      request = this.#plan.requestOf(number)
    } catch {
      return 'not-made'
    }
    return await this.#target.send(request)
  }
}
