import { boundedValue, OTHER, renderLabels } from './label-values.js'
import type { CheckedOptions, MetricKind } from './metric-options.js'
import type { SampleWriter } from './sample-writer.js'

/** The label values of one series; none for a metric without labels. */
export type LabelArguments<N extends string> = [N] extends [never]
  ? []
  : [labels: Readonly<Record<N, string>>]

/** One series of a metric: a value under one set of labels. */
export interface Series {
  /** Rendered labels: `route="GET /a",outcome="success"`. */
  readonly labels: string
}

/** Told when a metric has no room for another series. */
export type OnOverflow = (metric: string) => void

/**
 * All series of one metric, found by label values and bounded in number. Finding a series costs a string; holding on
 * to what `with` answered, and recording through that, costs none.
 */
export abstract class MetricFamily<N extends string, S extends Series> {
  abstract readonly kind: MetricKind
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly seriesMax: number
  readonly #series: Map<string, S> = new Map()
  readonly #onOverflow: OnOverflow
  #overflow: S | undefined

  constructor({ name, help, labels, seriesMax }: CheckedOptions, onOverflow: OnOverflow) {
    this.name = name
    this.help = help
    this.labels = labels
    this.seriesMax = seriesMax
    this.#onOverflow = onOverflow
  }

  /** The series of these label values, made on first use. Hold on to it where recording must be cheap. */
  with(...[given]: LabelArguments<N>): S {
    const record = (given ?? {}) as Readonly<Record<string, string>>
    const values = this.labels.map((label) => boundedValue(record[label]))
    const key = JSON.stringify(values)
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= this.seriesMax) return this.#other()
    const series = this.newSeries(renderLabels(this.labels, values))
    this.#series.set(key, series)
    return series
  }

  write(writer: SampleWriter): void {
    writer.family(this.name, this.kind, this.help)
    for (const series of this.#series.values()) this.writeSeries(series, writer)
    if (this.#overflow !== undefined) this.writeSeries(this.#overflow, writer)
  }

  /** Every series with the values of its labels, in the order of `labels`. */
  *entries(): Generator<readonly [values: readonly string[], series: S]> {
    for (const [key, series] of this.#series) yield [JSON.parse(key) as string[], series]
    if (this.#overflow !== undefined) yield [this.labels.map(() => OTHER), this.#overflow]
  }

  /** The sum over the series that have all of these labels. */
  total(labels: Readonly<Record<string, string>>): number {
    // Quotation marks inside values are escaped, so what looks like a label here is one.
    const wanted = Object.entries(labels).map(([name, value]) => `,${renderLabels([name], [value])},`)
    const all = this.#overflow === undefined ? [] : [this.#overflow]
    return [...this.#series.values(), ...all]
      .filter((series) => wanted.every((label) => `,${series.labels},`.includes(label)))
      .reduce((sum, series) => sum + this.weigh(series), 0)
  }

  /** What a series weighs in a sum. */
  protected abstract weigh(series: S): number
  protected abstract newSeries(labels: string): S
  protected abstract writeSeries(series: S, writer: SampleWriter): void

  #other(): S {
    this.#onOverflow(this.name)
    this.#overflow ??= this.newSeries(
      renderLabels(
        this.labels,
        this.labels.map(() => OTHER),
      ),
    )
    return this.#overflow
  }
}
