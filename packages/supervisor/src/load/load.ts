import { setTimeout as sleep } from 'node:timers/promises'
import { Arrivals } from './arrivals.js'
import { HttpTarget } from './http-target.js'
import { LoadFigures, type LoadReport } from './load-figures.js'
import type { LoadPlan, LoadRequest } from './load-request.js'
import { OpenLoop } from './open-loop.js'

/** What became of one request. */
export interface LoadAnswer {
  readonly number: number
  readonly request: LoadRequest
  /** See {@link LoadReport.outcomes}. */
  readonly outcome: string
  /** What was answered, up to 64 KiB; empty unless the load keeps it. */
  readonly body: string
  /** When it was due, as `performance.now()` counts. */
  readonly dueAtMs: number
}

export interface LoadOptions {
  /** Such as `https://localhost:8443`; reached on loopback, whatever the name means to this machine. Default: requests name a service. */
  readonly url?: string | undefined
  /** Where the processes of a service answer that a request names in `to`; asked for each. They take turns. */
  readonly urlsOf?: ((service: string) => readonly string[]) | undefined
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
  /** Hears of each request once it is over. */
  readonly onAnswer?: (answer: LoadAnswer) => void
  /** Whether answers are read for `onAnswer`. Default false. */
  readonly keepsBody?: boolean
}

/** Sends requests at a steady rate, whether or not those before are answered. */
export class Load {
  readonly #options: LoadOptions
  readonly #targets = new Map<string, HttpTarget>()
  readonly #figures = new LoadFigures(() => performance.now())
  readonly #loop: OpenLoop
  #sent = 0

  /** Begins at once. */
  constructor(options: LoadOptions) {
    this.#options = options
    const { ratePerSecond, risesForMs = 5_000, inFlightMax } = options
    const arrivals = new Arrivals({ ratePerSecond, risesForMs })
    this.#loop = new OpenLoop({
      due: (elapsedMs) => arrivals.due(elapsedMs),
      send: (lateMs) => this.#send(this.#sent++, lateMs),
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
    for (const target of this.#targets.values()) target.close()
  }

  async #send(number: number, lateMs: () => number): Promise<void> {
    const { plan, onAnswer, keepsBody = false } = this.#options
    const dueAtMs = performance.now() - lateMs()
    let request: LoadRequest
    try {
      request = plan.requestOf(number)
    } catch {
      return this.#figures.record('not-made', lateMs())
    }
    const target = this.#targetOf(request, number)
    const { outcome, body } =
      target === undefined ? { outcome: 'refused', body: '' } : await target.send(request, keepsBody)
    this.#figures.record(outcome, lateMs())
    onAnswer?.({ number, request, outcome, body, dueAtMs })
  }

  /** Undefined where nobody is there to be asked. */
  #targetOf({ to }: LoadRequest, number: number): HttpTarget | undefined {
    const { url: gateway, urlsOf, authority, limitMs = 15_000 } = this.#options
    const urls = to === undefined ? [] : (urlsOf?.(to) ?? [])
    const url = to === undefined ? gateway : urls[number % urls.length]
    if (url === undefined) return undefined
    let target = this.#targets.get(url)
    if (target === undefined) {
      target = new HttpTarget({ url, authority, limitMs })
      this.#targets.set(url, target)
    }
    return target
  }
}
