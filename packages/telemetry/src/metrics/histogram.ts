import { ExponentialBuckets, type ExponentialCounts } from './exponential-buckets.js'
import { checkBuckets, LATENCY_BUCKETS } from './buckets.js'
import { MetricFamily, type OnOverflow, type Series } from './metric-family.js'
import type { CheckedOptions, MetricKind, MetricOptions } from './metric-options.js'
import type { Exemplar, SampleWriter } from './sample-writer.js'

export interface HistogramOptions<N extends string = never> extends MetricOptions<N> {
  /** Upper bounds, ascending. Default `LATENCY_BUCKETS`: 0.5 ms to 10 s, in seconds. */
  readonly buckets?: readonly number[] | undefined
}

/** How often values fell into each of some fixed ranges. */
export interface Histogram extends Series {
  readonly count: number
  readonly sum: number
  /** Counts one value; allocates nothing. With a trace's id it becomes its bucket's example, which reads the clock. */
  observe(value: number, traceId?: string): void
}

/** What all histograms of a registry share. */
export interface HistogramSettings {
  /** Milliseconds since 1970, for exemplars. */
  readonly wallNow: () => number
  /** Counts in exponential buckets too. */
  readonly exponential: boolean
}

export class HistogramFamily<N extends string = never> extends MetricFamily<N, HistogramSeries> {
  override readonly kind: MetricKind = 'histogram'
  readonly bounds: Float64Array
  readonly #settings: HistogramSettings

  constructor(
    options: CheckedOptions,
    onOverflow: OnOverflow,
    buckets: readonly number[] | undefined,
    settings: HistogramSettings,
  ) {
    super(options, onOverflow)
    this.bounds = checkBuckets(buckets ?? LATENCY_BUCKETS)
    this.#settings = settings
  }

  protected override weigh(series: HistogramSeries): number {
    return series.count
  }

  protected override newSeries(labels: string): HistogramSeries {
    return new HistogramSeries(labels, this.bounds, this.#settings)
  }

  protected override writeSeries(series: HistogramSeries, writer: SampleWriter): void {
    let cumulative = 0
    for (let bucket = 0; bucket <= this.bounds.length; bucket++) {
      cumulative += series.bucketCount(bucket)
      writer.bucket(series.labels, this.bounds[bucket] ?? Infinity, cumulative, series.exemplar(bucket))
    }
    writer.sample('_sum', series.labels, series.sum)
    writer.sample('_count', series.labels, series.count)
  }
}

export class HistogramSeries implements Histogram {
  readonly labels: string
  private readonly limits: Float64Array
  private readonly counts: Float64Array
  private readonly total: Float64Array = new Float64Array(1)
  private readonly wallNow: () => number
  private exemplars: (LatestExemplar | undefined)[] | undefined
  private buckets: ExponentialBuckets | undefined

  constructor(labels: string, bounds: Float64Array, { wallNow, exponential }: HistogramSettings) {
    this.labels = labels
    this.limits = bounds
    this.counts = new Float64Array(bounds.length + 1)
    this.wallNow = wallNow
    this.buckets = exponential ? new ExponentialBuckets() : undefined
  }

  get count(): number {
    return this.counts.reduce((total, count) => total + count, 0)
  }

  get sum(): number {
    return this.total[0]!
  }

  /** Values of this bucket alone, the ones before it not included. */
  bucketCount(bucket: number): number {
    return this.counts[bucket] ?? 0
  }

  exemplar(bucket: number): Exemplar | undefined {
    return this.exemplars?.[bucket]
  }

  /** Undefined where nobody asked for them, and once a value was below 0, or beyond any bound, for which they have no room. */
  exponentialCounts(): ExponentialCounts | undefined {
    return this.buckets?.read()
  }

  observe(value: number, traceId?: string): void {
    // NaN belongs to no bucket and would make the sum NaN for good.
    if (!(value >= -Infinity)) return
    const bounds = this.limits
    let bucket = 0
    // A scan from below: most calls are fast, and a dozen comparisons cost less than a search's mispredicted branches.
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++
    this.counts[bucket]! += 1
    this.total[0]! += value
    if (this.buckets !== undefined) this.observeFinely(value, this.buckets)
    if (traceId !== undefined) this.exemplify(bucket, value, traceId)
  }

  /** Apart, so that the engine goes on inlining `observe`, without which every value would be boxed. */
  private observeFinely(value: number, buckets: ExponentialBuckets): void {
    if (value >= 0 && value < Infinity) buckets.record(value)
    else this.buckets = undefined
  }

  private exemplify(bucket: number, value: number, traceId: string): void {
    this.exemplars ??= Array.from({ length: this.counts.length })
    const known = this.exemplars[bucket]
    if (known === undefined) this.exemplars[bucket] = new LatestExemplar(traceId, value, this.wallNow())
    else known.become(traceId, value, this.wallNow())
  }
}

/** Written over, so that a bucket in which every value is traced does not make an object of each. */
class LatestExemplar implements Exemplar {
  traceId: string
  value: number
  wallMs: number

  constructor(traceId: string, value: number, wallMs: number) {
    this.traceId = traceId
    this.value = value
    this.wallMs = wallMs
  }

  become(traceId: string, value: number, wallMs: number): void {
    this.traceId = traceId
    this.value = value
    this.wallMs = wallMs
  }
}
