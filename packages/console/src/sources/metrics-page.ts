import { isWanted, readTotals } from '../metrics/read-totals.js'
import { readPrometheusText } from '../metrics/prometheus-text.js'
import type { Totals } from '../metrics/totals.js'
import type { SourceStand } from '../model/source-stand.js'
import type { Told } from '../model/told.js'
import { TotalsWindow } from '../metrics/totals-window.js'
import { AnswerError, fetchText } from './fetch-text.js'
import { PolledSource } from './polled-source.js'

/** Whose page it is; `any` where that is not known, as of a Prometheus that has the pages of all. */
export type PageOwner = 'service' | 'sidecar' | 'gateway' | 'any'

export interface MetricsPageOptions {
  /** `order`, `order-sidecar`, `gateway`. */
  readonly instance: string
  /** The service that it is, or stands beside; undefined where that is not known. */
  readonly service: string | undefined
  readonly owner: PageOwner
  readonly url: string
  readonly everyMs: number
  readonly deadlineMs: number
  readonly windowMs: number
  /** Hears of each reading after the first, with the one before it. */
  readonly onChange: (before: Totals, now: Totals) => void
}

/** What is known of the metrics of one process, however they came here. */
export interface MeasuredPage {
  readonly instance: string
  readonly service: string | undefined
  readonly owner: PageOwner
  readonly url: string
  readonly window: TotalsWindow
  readonly source: { readonly told: Told<unknown>; readonly stand: SourceStand }
}

/** The metrics of one process, read again and again. */
export class MetricsPage implements MeasuredPage {
  readonly instance: string
  readonly service: string | undefined
  readonly owner: PageOwner
  readonly url: string
  readonly window: TotalsWindow
  readonly source: PolledSource<Totals>

  constructor(options: MetricsPageOptions) {
    const { instance, service, owner, url, everyMs, deadlineMs, windowMs, onChange } = options
    this.instance = instance
    this.service = service
    this.owner = owner
    this.url = url
    this.window = new TotalsWindow(windowMs)
    this.source = new PolledSource({
      name: `metrics of ${instance}`,
      kind: 'metrics',
      place: url,
      everyMs,
      deadlineMs,
      read: async (signal) => readTotals(readPrometheusText(await fetchText(url, signal), isWanted)),
      onRead: (totals) => {
        this.window.add(performance.now(), totals)
        const before = this.window.beforeLast
        if (before !== undefined) onChange(before, totals)
      },
      ...(owner === 'service' ? { absence: withoutMetrics } : {}),
    })
  }
}

/** What a server answers that knows of no such page, or of no GET. */
const NO_SUCH_PAGE: ReadonlySet<number> = new Set([404, 405, 501])

/** A service need not show metrics of its own: the proxies before it count what it answers. */
function withoutMetrics(error: unknown): string | undefined {
  if (!(error instanceof AnswerError) || !NO_SUCH_PAGE.has(error.status)) return undefined
  return `it shows no metrics of its own (${error.message})`
}
