import { MetricFamily, type Series } from './metric-family.js'
import type { MetricKind } from './metric-options.js'
import type { SampleWriter } from './sample-writer.js'

/** A number that only grows. */
export interface Counter extends Series {
  readonly value: number
  /** Adds `amount`, at least 0; less, or no number, adds nothing. Default 1. Allocates nothing. */
  add(amount?: number): void
  /**
   * Reads the value from elsewhere, whenever it is asked for, until another `observe` replaces it; `add` then changes
   * nothing. A source that starts again from 0 is taken for a restart, as Prometheus does. What throws counts as 0.
   */
  observe(read: () => number): void
}

export class CounterFamily<N extends string = never> extends MetricFamily<N, CounterSeries> {
  override readonly kind: MetricKind = 'counter'

  protected override weigh(series: CounterSeries): number {
    return series.value
  }

  protected override newSeries(labels: string): CounterSeries {
    return new CounterSeries(labels)
  }

  protected override writeSeries(series: CounterSeries, writer: SampleWriter): void {
    writer.sample('_total', series.labels, series.value)
  }
}

export class CounterSeries implements Counter {
  readonly labels: string
  // A typed array holds the number itself; a field would hold a new heap number for every change.
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
      return 0
    }
  }

  add(amount: number = 1): void {
    // Recording can never change an outcome, so what makes no sense is left out rather than thrown.
    if (amount >= 0) this.#value[0]! += amount
  }

  observe(read: () => number): void {
    this.#read = read
  }
}
