import { type HrTime, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { oneOf, refusedOption } from '@watertight/policy/options'
import { CounterFamily, type CounterSeries } from '../metrics/counter.js'
import type { GaugeSeries } from '../metrics/gauge.js'
import { HistogramFamily, type HistogramSeries } from '../metrics/histogram.js'
import type { MetricFamily, Series } from '../metrics/metric-family.js'
import type { MetricRegistry } from '../metrics/metric-registry.js'
import { isSample } from '../metrics/number-series.js'
import { attributesOf, identityOf } from './metric-identity.js'
import {
  classicValue,
  exponentialValue,
  type HistogramCounts,
  histogramSince,
  readHistogram,
} from './histogram-counts.js'

export interface OpenTelemetryMetricsOptions {
  /** Whether counters and histograms tell all since the start, or what has come since the last collection. Default `cumulative`. */
  readonly temporality?: 'cumulative' | 'delta'
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly wallNow?: () => number
}

/**
 * The metrics of a registry for the SDK of OpenTelemetry, which sends them wherever one of its exporters does: by OTLP in
 * JSON or protobuf, with its resource, its interval, its retries and its last export at shutdown. Reading them changes
 * nothing of what is scraped.
 *
 * Histograms are exponential where the registry counts so (`exponentialHistograms`), else explicit.
 *
 * @throws {OptionError} when `temporality` is neither
 * @example
 * import { MetricRegistry } from '@watertight/telemetry'
 * import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
 *
 * const registry = new MetricRegistry()
 * const reader = new PeriodicExportingMetricReader({
 *   exporter: new ConsoleMetricExporter(),
 *   metricProducers: [openTelemetryMetrics(registry)],
 * })
 * const provider = new MeterProvider({ readers: [reader] })
 * await provider.shutdown()
 */
export function openTelemetryMetrics(
  registry: MetricRegistry,
  { temporality = 'cumulative', wallNow = Date.now }: OpenTelemetryMetricsOptions = {},
): MetricProducer {
  const allowed = oneOf('cumulative', 'delta')
  if (!allowed.accepts(temporality))
    throw refusedOption('OpenTelemetry metrics', 'temporality', allowed.allowed, temporality)
  return new RegistryProducer(registry, temporality === 'delta', wallNow)
}

/** What was told last of each series. */
interface Told {
  readonly counters: WeakMap<CounterSeries, number>
  readonly histograms: WeakMap<HistogramSeries, HistogramCounts>
}

interface Times {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

class RegistryProducer implements MetricProducer {
  readonly #registry: MetricRegistry
  readonly #wallNow: () => number
  /** Undefined where all since the start is told. */
  readonly #told: Told | undefined
  #startedAt: number

  constructor(registry: MetricRegistry, isDelta: boolean, wallNow: () => number) {
    this.#registry = registry
    this.#wallNow = wallNow
    this.#told = isDelta ? { counters: new WeakMap(), histograms: new WeakMap() } : undefined
    this.#startedAt = wallNow()
  }

  collect(): Promise<CollectionResult> {
    const now = this.#wallNow()
    const times = { startTime: hrTime(this.#startedAt), endTime: hrTime(now) }
    if (this.#told !== undefined) this.#startedAt = now
    const metrics = Array.from(this.#registry.families(), (family) => this.#read(family, times)).flat()
    const scopeMetrics = [{ scope: { name: '@watertight/telemetry' }, metrics }]
    return Promise.resolve({ resourceMetrics: { resource: NO_RESOURCE, scopeMetrics }, errors: [] })
  }

  #read(family: MetricFamily<string, Series>, times: Times): MetricData[] {
    const common = {
      descriptor: { ...identityOf(family.name), description: family.help, valueType: ValueType.DOUBLE },
      aggregationTemporality:
        this.#told === undefined ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
    }
    const points = <V>(read: (series: never) => V | undefined): DataPoint<V>[] =>
      Array.from(family.entries()).flatMap(([values, series]) => {
        const value = read(series as never)
        const attributes = attributesOf(family.name, family.labels, values)
        return value === undefined ? [] : [{ ...times, attributes, value }]
      })
    if (family instanceof HistogramFamily) {
      const { bounds } = family
      const counts = new Map(
        Array.from(family.entries(), ([, series]) => [series, this.#histogram(series, bounds)] as const),
      )
      const classic = points((series: HistogramSeries) => classicValue(counts.get(series)!, bounds))
      const exponential = points((series: HistogramSeries) => exponentialValue(counts.get(series)!))
      return [
        { ...common, dataPointType: DataPointType.HISTOGRAM as const, dataPoints: classic },
        { ...common, dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM as const, dataPoints: exponential },
      ].filter(({ dataPoints }) => dataPoints.length > 0)
    }
    if (family instanceof CounterFamily) {
      const dataPoints = points((series: CounterSeries) => this.#counter(series))
      return dataPoints.length === 0
        ? []
        : [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }]
    }
    const dataPoints = points(({ value }: GaugeSeries) => (isSample(value) ? value : undefined))
    return dataPoints.length === 0 ? [] : [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints }]
  }

  #counter(series: CounterSeries): number | undefined {
    const { value } = series
    if (!isSample(value)) return undefined
    const before = this.#told?.counters.get(series)
    this.#told?.counters.set(series, value)
    // One that is read from elsewhere may begin anew: then all that it has is new.
    return before === undefined || value < before ? value : value - before
  }

  #histogram(series: HistogramSeries, bounds: Float64Array): HistogramCounts {
    const counts = readHistogram(series, bounds)
    const before = this.#told?.histograms.get(series)
    this.#told?.histograms.set(series, counts)
    return histogramSince(counts, before)
  }
}

/** The SDK's own takes its place. */
const NO_RESOURCE: ResourceMetrics['resource'] = {
  attributes: {},
  getRawAttributes: () => [],
  merge: (other) => other ?? NO_RESOURCE,
}

function hrTime(wallMs: number): HrTime {
  const seconds = Math.floor(wallMs / 1_000)
  return [seconds, Math.round((wallMs - seconds * 1_000) * 1e6)]
}
