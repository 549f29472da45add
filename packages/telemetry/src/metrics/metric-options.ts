import { refusedOption } from '@watertight/policy/options'

/** What every metric has. */
export interface MetricOptions<N extends string = never> {
  /** In snake case, in base units: `watertight_retries_total`, `watertight_wait_seconds`. */
  readonly name: string
  /** One sentence for whoever reads it on a dashboard. */
  readonly help: string
  /** Names of its labels. Default none. */
  readonly labels?: readonly N[] | undefined
  /**
   * How many series it may have, an integer >= 1. What comes later is counted in one series whose label values are
   * all `other`, and in `watertight_telemetry_series_overflow_total`. Default 1000.
   */
  readonly seriesMax?: number | undefined
}

export type MetricKind = 'counter' | 'gauge' | 'histogram'

const SERIES_MAX = 1_000
const LABELS_MAX = 10
const NAME = /^[a-z][a-z0-9_]*$/
const UNIT_NOT_BASE =
  /_(ms|millis|milliseconds|us|microseconds|ns|nanoseconds|minutes|hours|days|kilobytes|kb|mb)(_|$)/
/** Endings that the exposition formats give to samples of their own. */
const RESERVED_ENDING = /_(total|created|sum|count|bucket|info)$/
const RESERVED_LABELS: readonly string[] = ['le', 'quantile']

export interface CheckedOptions {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly seriesMax: number
}

/**
 * Holds a metric to the conventions of Prometheus before it exists, when the one who names it still looks.
 *
 * @throws {OptionError} for the first option at fault
 */
export function checkMetricOptions(kind: MetricKind, options: MetricOptions<string>): CheckedOptions {
  const { name, help, labels = [], seriesMax = SERIES_MAX } = options
  const refuse = (option: string, allowed: string, given: unknown): never => {
    throw refusedOption(kind, option, allowed, given)
  }
  if (typeof name !== 'string' || !NAME.test(name)) refuse('name', 'in snake case', name)
  if (UNIT_NOT_BASE.test(name)) refuse('name', 'in base units such as seconds and bytes', name)
  if (kind === 'counter' && !name.endsWith('_total')) refuse('name', 'one that ends in _total', name)
  const ending = kind === 'counter' ? undefined : RESERVED_ENDING.exec(name)?.[0]
  if (ending !== undefined) refuse('name', `one without the ending ${ending}, which is reserved`, name)
  if (typeof help !== 'string' || help.trim() === '') refuse('help', 'a sentence', help)
  if (labels.length > LABELS_MAX) refuse('labels', `at most ${LABELS_MAX}`, labels.length)
  for (const label of labels) {
    if (!NAME.test(label) || RESERVED_LABELS.includes(label)) {
      refuse('labels', `in snake case and none of ${RESERVED_LABELS.join(', ')}`, label)
    }
  }
  if (new Set(labels).size !== labels.length) refuse('labels', 'distinct', labels.join(', '))
  if (!Number.isSafeInteger(seriesMax) || seriesMax < 1) refuse('seriesMax', 'an integer >= 1', seriesMax)
  return { name, help, labels, seriesMax }
}
