import { MetricFamily, type Series } from './metric-family.js'
import type { MetricKind } from './metric-options.js'
import { isSample, NumberSeries } from './number-series.js'
import type { SampleWriter } from './sample-writer.js'

/** A number that only grows. */
export interface Counter extends Series {
  readonly value: number
  /** Adds `amount`, at least 0; less, or no number, adds nothing. Default 1. Allocates nothing. */
  add(amount?: number): void
  /**
   * Reads the value from elsewhere, whenever it is asked for, until another `observe` replaces it; `add` then changes
   * nothing. A source that starts again from 0 is taken for a restart, as Prometheus does. What throws, or gives no
   * number, is left out of the exposition.
   */
  observe(read: () => number): void
}

export class CounterFamily<N extends string = never> extends MetricFamily<N, CounterSeries> {
  override readonly kind: MetricKind = 'counter'

  protected override weigh(series: CounterSeries): number {
    return isSample(series.value) ? series.value : 0
  }

  protected override newSeries(labels: string): CounterSeries {
    return new CounterSeries(labels)
  }

  protected override writeSeries(series: CounterSeries, writer: SampleWriter): void {
    const { value } = series
    if (isSample(value)) writer.sample('_total', series.labels, value)
  }
}

export class CounterSeries extends NumberSeries implements Counter {
  add(amount: number = 1): void {
    // Recording can never change an outcome, so what makes no sense is left out rather than thrown.
    if (amount >= 0) this.increase(amount)
  }
}
