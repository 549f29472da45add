import type { MetricKind } from './metric-options.js'

/** A call that shows what is in a bucket. */
export interface Exemplar {
  readonly traceId: string
  readonly value: number
  /** When it was recorded, in milliseconds since 1970. */
  readonly wallMs: number
}

/** Puts samples into one of the exposition formats. */
export interface SampleWriter {
  family(name: string, kind: MetricKind, help: string): void
  /** One sample of the family announced last; `suffix` is what its name adds to the family's. */
  sample(suffix: '' | '_total' | '_sum' | '_count', labels: string, value: number): void
  bucket(labels: string, bound: number, cumulative: number, exemplar: Exemplar | undefined): void
}

export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

export function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}

export function withLabel(labels: string, label: string): string {
  return labels === '' ? `{${label}}` : `{${labels},${label}}`
}
