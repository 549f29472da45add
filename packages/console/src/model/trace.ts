/** A line of the list of traces. */
export interface TraceSummary {
  readonly traceId: string
  /** What its first span is called: `POST /orders`. */
  readonly name: string
  /** The service of its first span. */
  readonly service: string
  readonly startedAt: number
  readonly durationMs: number
  readonly spanCount: number
  readonly services: readonly string[]
  readonly isError: boolean
  /** Attempts after the first ones, and calls that a policy refused. */
  readonly retries: number
  readonly refusals: number
}

/** What a span stands for, so that a waterfall can tell attempts, waits and refusals apart. */
export type SpanKind = 'server' | 'call' | 'attempt' | 'step' | 'producer' | 'consumer' | 'internal'

export interface SpanEvent {
  readonly at: number
  readonly name: string
  /** What stands out in a waterfall: a policy refused, made wait, or answered instead. */
  readonly kind: 'refusal' | 'wait' | 'retry' | 'ejection' | 'fallback' | 'timeout' | 'error' | 'other'
  readonly attributes: Readonly<Record<string, string>>
}

export interface Span {
  readonly spanId: string
  /** Null for the first span of a trace, and where the span that it belongs to was not kept. */
  readonly parentId: string | null
  readonly name: string
  readonly service: string
  readonly kind: SpanKind
  readonly startedAt: number
  readonly durationMs: number
  readonly isError: boolean
  /** Which attempt it is, from 1; null for what is none. */
  readonly attempt: number | null
  readonly status: number | null
  readonly attributes: Readonly<Record<string, string>>
  readonly events: readonly SpanEvent[]
}

/** One trace; its spans in the order of their start. */
export interface Trace {
  readonly summary: TraceSummary
  readonly spans: readonly Span[]
}
