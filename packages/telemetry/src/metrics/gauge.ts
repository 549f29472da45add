import { MetricFamily, type Series } from './metric-family.js'
import type { MetricKind } from './metric-options.js'
import type { SampleWriter } from './sample-writer.js'

/** A number that goes up and down. */
export interface Gauge extends Series {
  readonly value: number
  /** Allocates nothing. */
  set(value: number): void
  /** Adds `amount`, which may be negative. Default 1. Allocates nothing. */
  add(amount?: number): void
  /**
   * Reads the value from elsewhere, whenever it is asked for, until `set` or another `observe` replaces it. What
   * throws, or gives no number, is left out of the exposition.
   */
  observe(read: () => number): void
}

export class GaugeFamily<N extends string = never> extends MetricFamily<N, GaugeSeries> {
  override readonly kind: MetricKind = 'gauge'

  protected override weigh(series: GaugeSeries): number {
    return series.value
  }

  protected override newSeries(labels: string): GaugeSeries {
    return new GaugeSeries(labels)
  }

  protected override writeSeries(series: GaugeSeries, writer: SampleWriter): void {
    const { value } = series
    // Whatever the types say: what is read comes from elsewhere, and one bad line fails a whole scrape.
    if (typeof value === 'number' && !Number.isNaN(value)) writer.sample('', series.labels, value)
  }
}

export class GaugeSeries implements Gauge {
  readonly labels: string
  readonly #value: Float64Array = new Float64Array(1)
  #read: (() => number) | undefined

  constructor(labels: string) {
    this.labels = labels
  }

  get value(): number {
    if (this.#read === undefined) return this.#value[0]!
    try {
      return this.#read()
    } catch {
      return Number.NaN
    }
  }

  set(value: number): void {
    this.#read = undefined
    this.#value[0] = value
  }

  add(amount: number = 1): void {
    this.#value[0]! += amount
  }

  observe(read: () => number): void {
    this.#read = read
  }
}
