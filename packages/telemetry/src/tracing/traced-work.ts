/** Where a span is, as W3C Trace Context writes it, for what belongs to it and happens later or elsewhere. */
export interface TraceContext {
  readonly traceParent: string
  readonly traceState?: string
}

/** What has a span of its own and is no call: an event that is published or handled, a step of a saga. */
export interface TracedWork {
  readonly kind: 'producer' | 'consumer' | 'internal'
  /** Of few: `process order-placed`. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** What it belongs to. Default: the active span. */
  readonly parent?: TraceContext | undefined
}

export interface WorkSpan {
  readonly context: TraceContext
  /** Runs the work with this span active, so that calls made in it become its children. */
  run<T>(work: () => T): T
  /** `outcome` is one of few; with a failure the span is an error, named by the failure's code or class. */
  end(outcome: string, failure?: unknown): void
}
