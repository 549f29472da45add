import { readTotals, wantedMetrics } from '../metrics/read-totals.js'
import type { Sample } from '../metrics/prometheus-text.js'
import type { Totals } from '../metrics/totals.js'
import { TotalsWindow } from '../metrics/totals-window.js'
import { fetchJson } from './fetch-text.js'
import type { MeasuredPage, PageOwner } from './metrics-page.js'
import { PolledSource } from './polled-source.js'
import { shownUrl } from '@watertight/policy/options'

/** What Prometheus answers to an instant query: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries. */
interface QueryAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value: readonly [seconds: number, value: string]
    }[]
  }
}

export interface PrometheusOptions {
  readonly everyMs: number
  readonly deadlineMs: number
  /** Long enough for two scrapes: what was counted between them is all that is known. */
  readonly windowMs: number
  readonly onChange: (instance: string, before: Totals, now: Totals) => void
}

/** The metrics of a system that a Prometheus scrapes: a page for each instance, as if that had been asked itself. */
export class PrometheusSource {
  readonly source: PolledSource<void>
  readonly #url: string
  readonly #options: PrometheusOptions
  #pages: ReadonlyMap<string, MeasuredPage> = new Map()

  constructor(url: string, options: PrometheusOptions) {
    this.#url = url
    this.#options = options
    this.source = new PolledSource({
      name: 'prometheus',
      kind: 'prometheus',
      place: shownUrl(url),
      everyMs: options.everyMs,
      deadlineMs: options.deadlineMs,
      read: (signal) => this.#read(signal),
    })
  }

  /** One at least, which says why nothing is known where nothing is. */
  get pages(): readonly MeasuredPage[] {
    if (this.#pages.size > 0) return [...this.#pages.values()]
    return [this.#page('prometheus', new TotalsWindow(this.#options.windowMs))]
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { windowMs } = this.#options
    const nowMs = performance.now()
    // What was counted before is known to Prometheus already, and need not be waited for.
    if (this.#pages.size === 0) this.#take(nowMs - windowMs, await this.#ask(signal, Date.now() - windowMs))
    this.#take(nowMs, await this.#ask(signal, Date.now()))
  }

  async #ask(signal: AbortSignal, at: number): Promise<ReadonlyMap<string, Totals>> {
    const query = `{__name__=~"${wantedMetrics.join('|')}"}`
    const words = new URLSearchParams({ query, time: String(at / 1_000) })
    const { data } = (await fetchJson(`${this.#url}/api/v1/query?${words.toString()}`, signal)) as QueryAnswer
    const byInstance = new Map<string, Sample[]>()
    for (const { metric, value } of data.result) {
      const { __name__: name = '', job = '', instance = '', ...labels } = metric
      const key = `${job} ${instance}`
      const samples = byInstance.get(key) ?? []
      samples.push({ name, labels, value: Number(value[1]) })
      byInstance.set(key, samples)
    }
    return new Map([...byInstance].map(([key, samples]) => [key, readTotals(samples)]))
  }

  /** An instance that has gone has no samples, and no page any more. */
  #take(atMs: number, read: ReadonlyMap<string, Totals>): void {
    this.#pages = new Map(
      [...read].map(([key, totals]) => {
        const page =
          this.#pages.get(key) ?? this.#page(key, new TotalsWindow(this.#options.windowMs), ownerOf(totals))
        page.window.add(atMs, totals)
        const before = page.window.beforeLast
        if (before !== undefined) this.#options.onChange(page.instance, before, totals)
        return [key, page]
      }),
    )
  }

  #page(key: string, window: TotalsWindow, owner: PageOwner = 'any'): MeasuredPage {
    const instance = key.trim().split(' ').at(-1) ?? key
    return { instance, service: undefined, owner, url: this.#url, window, source: this.source }
  }
}

/** A scrape does not say whose it is; but whoever calls a process of its own name stands beside it. */
function ownerOf({ calls, servers }: Totals): PageOwner {
  if ([...calls.values()].some(({ from, to }) => from === to)) return 'sidecar'
  return servers.has('gateway') ? 'gateway' : 'service'
}
