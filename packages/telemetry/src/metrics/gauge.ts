import { MetricFamily, type Series } from './metric-family.js'
import type { MetricKind } from './metric-options.js'
import { isSample, NumberSeries } from './number-series.js'
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
    return isSample(series.value) ? series.value : 0
  }

  protected override newSeries(labels: string): GaugeSeries {
    return new GaugeSeries(labels)
  }

  protected override writeSeries(series: GaugeSeries, writer: SampleWriter): void {
    const { value } = series
    if (isSample(value)) writer.sample('', series.labels, value)
  }
}

export class GaugeSeries extends NumberSeries implements Gauge {
  set(value: number): void {
    this.keep(value)
  }

  add(amount: number = 1): void {
    this.increase(amount)
  }
}
