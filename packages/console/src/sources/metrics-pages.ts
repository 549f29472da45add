import type { ProgramStatus } from '@watertight/supervisor'
import type { Totals } from '../metrics/totals.js'
import { MetricsPage, type PageOwner } from './metrics-page.js'

export interface MetricsPagesOptions {
  readonly everyMs: number
  readonly deadlineMs: number
  readonly windowMs: number
  readonly onChange: (instance: string, before: Totals, now: Totals) => void
}

/** Where one page of metrics is. */
export interface PagePlace {
  readonly instance: string
  readonly service: string | undefined
  readonly owner: PageOwner
  readonly url: string
}

/** More pages than these are not read: each is a request a second. */
const PAGES_MAX = 500

/** The pages of metrics that are read, each by itself. */
export class MetricsPages {
  readonly #options: MetricsPagesOptions
  readonly #pages = new Map<string, MetricsPage>()

  constructor(options: MetricsPagesOptions) {
    this.#options = options
  }

  get all(): readonly MetricsPage[] {
    return [...this.#pages.values()]
  }

  /** Reads these from now on and no others; those that stay keep what they have measured. */
  read(places: readonly PagePlace[]): void {
    const wanted = new Map(
      places.slice(0, PAGES_MAX).map((place) => [`${place.instance} ${place.url}`, place]),
    )
    for (const [key, page] of this.#pages) {
      if (wanted.has(key)) continue
      page.source.close()
      this.#pages.delete(key)
    }
    for (const [key, place] of wanted) {
      if (this.#pages.has(key)) continue
      const { onChange, ...rhythm } = this.#options
      const page = new MetricsPage({
        ...place,
        ...rhythm,
        onChange: (before, now) => onChange(place.instance, before, now),
      })
      void page.source.start()
      this.#pages.set(key, page)
    }
  }

  close(): void {
    this.read([])
  }
}

/** Where the programs of a run have their metrics: a service at `GET /metrics`, a proxy at its admin port. */
export function pagesOfRun(programs: readonly ProgramStatus[]): PagePlace[] {
  return programs.flatMap((program): PagePlace[] => {
    const { name: instance, service, kind, port, admin } = program
    if (kind === 'service')
      return [{ instance, service, owner: 'service', url: `http://127.0.0.1:${port}/metrics` }]
    if ((kind !== 'sidecar' && kind !== 'gateway') || admin === null) return []
    return [{ instance, service, owner: kind, url: `http://127.0.0.1:${admin}/stats/prometheus` }]
  })
}

/** Where proxies have theirs that nobody here has started. */
export function pagesOfAdmins(urls: readonly string[]): PagePlace[] {
  return urls.map((url) => ({
    instance: new URL(url).host,
    service: undefined,
    owner: 'any',
    url: `${url}/stats/prometheus`,
  }))
}
