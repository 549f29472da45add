/** What a request that is being answered hands on to the calls made for it. */
export interface RequestScope {
  readonly requestId: string
  /** When its caller stops waiting, in the monotonic milliseconds of `performance.now()`; `Infinity` if unknown. */
  readonly deadline: number
  /** Higher is more important, to shedding here and in the services called. */
  readonly priority: number
  readonly traceparent: string | undefined
  readonly tracestate: string | undefined
  readonly baggage: string | undefined
}
