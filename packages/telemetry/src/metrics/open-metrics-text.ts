import { escapeLabelValue } from './label-values.js'
import type { MetricKind } from './metric-options.js'
import { braced, formatNumber, withLabel, type Exemplar, type SampleWriter } from './sample-writer.js'

const UNITS: readonly string[] = ['seconds', 'bytes', 'ratio']

/**
 * OpenMetrics 1.0: like the older text, but a counter's family is named without `_total`, a unit is announced, bounds
 * are written as floats, buckets may carry an exemplar, and the end is marked so that a torn scrape is noticed.
 */
export class OpenMetricsText implements SampleWriter {
  static readonly contentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
  readonly #lines: string[] = []
  #name = ''

  family(name: string, kind: MetricKind, help: string): void {
    this.#name = kind === 'counter' ? name.replace(/_total$/, '') : name
    this.#lines.push(`# TYPE ${this.#name} ${kind}`)
    const unit = UNITS.find((candidate) => this.#name.endsWith(`_${candidate}`))
    if (unit !== undefined) this.#lines.push(`# UNIT ${this.#name} ${unit}`)
    this.#lines.push(`# HELP ${this.#name} ${escapeLabelValue(help)}`)
  }

  sample(suffix: '' | '_total' | '_sum' | '_count', labels: string, value: number): void {
    this.#lines.push(`${this.#name}${suffix}${braced(labels)} ${formatNumber(value)}`)
  }

  bucket(labels: string, bound: number, cumulative: number, exemplar: Exemplar | undefined): void {
    const inBraces = withLabel(labels, `le="${formatBound(bound)}"`)
    const line = `${this.#name}_bucket${inBraces} ${formatNumber(cumulative)}`
    this.#lines.push(exemplar === undefined ? line : `${line} ${formatExemplar(exemplar)}`)
  }

  text(): string {
    return [...this.#lines, '# EOF', ''].join('\n')
  }
}

/** Canonical numbers: `1` is written as `1.0`, so that every exposer names the same bucket alike. */
function formatBound(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : formatNumber(bound)
}

function formatExemplar({ traceId, value, wallMs }: Exemplar): string {
  const inBraces = `{trace_id="${escapeLabelValue(traceId.slice(0, TRACE_ID_CHARACTERS))}"}`
  return `# ${inBraces} ${formatNumber(value)} ${(wallMs / 1_000).toFixed(3)}`
}

/** An exemplar's labels may have 128 characters in all; a trace id has 32. */
const TRACE_ID_CHARACTERS = 64
