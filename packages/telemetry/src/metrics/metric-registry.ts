import { OptionError } from '@watertight/policy'
import { CounterFamily } from './counter.js'
import { prefersOpenMetrics } from './prefers-open-metrics.js'
import { GaugeFamily } from './gauge.js'
import { HistogramFamily, type HistogramOptions, type HistogramSettings } from './histogram.js'
import type { MetricFamily, Series } from './metric-family.js'
import { checkMetricOptions, type MetricKind, type MetricOptions } from './metric-options.js'
import { OpenMetricsText } from './open-metrics-text.js'
import { PrometheusText } from './prometheus-text.js'
import type { SampleWriter } from './sample-writer.js'

/** More metrics than this in one process are made in a loop, and would grow without end. */
const FAMILIES_MAX = 1_000

/** An answer to a scrape. */
export interface Exposition {
  readonly contentType: string
  readonly body: string
}

export interface MetricRegistryOptions {
  /** Milliseconds since 1970, for the time of exemplars. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /**
   * Whether histograms also count in exponential buckets, which OTLP carries (`openTelemetryMetrics`); texts that are
   * scraped cannot. Costs 1.3 KiB a series. Default false.
   */
  readonly exponentialHistograms?: boolean | undefined
}

type AnyFamily = MetricFamily<string, Series>

/**
 * The metrics of a process. Asking twice for a metric of one name gives the same metric, so that parts of a program
 * need not know of each other.
 *
 * @example
 * const registry = new MetricRegistry()
 * const jobs = registry.counter({ name: 'shop_jobs_total', help: 'Jobs done.', labels: ['queue'] })
 * const mails = jobs.with({ queue: 'mail' })
 * mails.add()
 * console.log(registry.expose().body)
 */
export class MetricRegistry {
  readonly #families: Map<string, AnyFamily> = new Map()
  readonly #histograms: HistogramSettings
  readonly #overflow: CounterFamily<'metric'>

  constructor({ wallNow = Date.now, exponentialHistograms = false }: MetricRegistryOptions = {}) {
    this.#histograms = { wallNow, exponential: exponentialHistograms }
    this.#overflow = this.counter({
      name: 'watertight_telemetry_series_overflow_total',
      help: 'Look-ups of series for which a metric had no room, so that they went to its series named other.',
      labels: ['metric'],
      seriesMax: FAMILIES_MAX,
    })
  }

  /**
   * A metric that only grows.
   *
   * @throws {OptionError} when its name breaks the conventions, or is taken by a metric of another kind or labels
   */
  counter<N extends string = never>(options: MetricOptions<N>): CounterFamily<N> {
    const checked = checkMetricOptions('counter', options)
    return this.#once('counter', options, () => new CounterFamily<N>(checked, this.#onOverflow))
  }

  /** A metric that goes up and down; throws as `counter` does. */
  gauge<N extends string = never>(options: MetricOptions<N>): GaugeFamily<N> {
    const checked = checkMetricOptions('gauge', options)
    return this.#once('gauge', options, () => new GaugeFamily<N>(checked, this.#onOverflow))
  }

  /** A metric that counts values by range; throws as `counter` does, and when buckets are not ascending. */
  histogram<N extends string = never>(options: HistogramOptions<N>): HistogramFamily<N> {
    const checked = checkMetricOptions('histogram', options)
    const { buckets } = options
    return this.#once(
      'histogram',
      options,
      () => new HistogramFamily<N>(checked, this.#onOverflow, buckets, this.#histograms),
    )
  }

  /**
   * Everything, in the format that the `Accept` header of a scrape asks for: OpenMetrics 1.0 with exemplars if it
   * names that, else the text format 0.0.4.
   */
  expose(accept: string = ''): Exposition {
    const writer = prefersOpenMetrics(accept) ? new OpenMetricsText() : new PrometheusText()
    this.#write(writer)
    const { contentType } = writer instanceof OpenMetricsText ? OpenMetricsText : PrometheusText
    return { contentType, body: writer.text() }
  }

  /**
   * The sum of those series of a metric that have these labels, or of all; for a histogram, how many values they hold.
   * 0 when there is no such series, or no such metric. For tests and checks: it searches.
   *
   * @example
   * const registry = new MetricRegistry()
   * registry.counter({ name: 'shop_jobs_total', help: 'Jobs done.', labels: ['queue'] }).with({ queue: 'mail' }).add(2)
   * console.log(registry.total('shop_jobs_total', { queue: 'mail' })) // 2
   */
  total(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const family = this.#families.get(keyOf(name))
    return family === undefined || family.name !== name ? 0 : family.total(labels)
  }

  /** Every metric, in the order in which they were made: for exporters. */
  families(): Iterable<MetricFamily<string, Series>> {
    return this.#families.values()
  }

  #write(writer: SampleWriter): void {
    for (const family of this.#families.values()) family.write(writer)
  }

  #once<F>(kind: MetricKind, { name, labels = [] }: MetricOptions<string>, create: () => F): F {
    const key = keyOf(name)
    const known = this.#families.get(key)
    if (known === undefined) {
      if (this.#families.size >= FAMILIES_MAX) {
        throw new OptionError(`cannot create ${kind}: at most ${FAMILIES_MAX} metrics are allowed`, 'name')
      }
      const family = create()
      this.#families.set(key, family as unknown as AnyFamily)
      return family
    }
    if (known.kind !== kind || known.labels.join() !== labels.join()) {
      const given = `a ${kind} by (${labels.join(', ')})`
      const taken = `a ${known.kind} by (${known.labels.join(', ')})`
      throw new OptionError(
        `cannot create ${kind}: '${known.name}' is already ${taken}, got ${given}`,
        'name',
      )
    }
    return known as unknown as F
  }

  // While the registry is being made there is no such counter yet; its own room is never exceeded.
  readonly #onOverflow = (metric: string): void => this.#overflow?.with({ metric }).add()
}

/** Without its ending, since that is the name by which OpenMetrics knows a counter. */
function keyOf(name: string): string {
  return name.replace(/_total$/, '')
}
