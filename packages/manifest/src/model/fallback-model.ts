/** What the caller does when the callee cannot answer: a fixed answer, a queue, or the last good answer. */
export interface FallbackModel {
  readonly status: number | undefined
  /** Sent as JSON, with `status`. */
  readonly body: unknown
  readonly queue: string | undefined
  readonly cache: { readonly maxAgeMs: number } | undefined
}
