import type { BodyInput } from './request-body.js'

/** What one call may say of itself. It holds for all that comes of the call, the redirects that it follows included. */
export interface CallInit {
  /** Equal for equal calls, to a cached fallback and to `ring-hash`. Default: the path. */
  readonly key?: string | undefined
  /** Whether the request may be sent again. Default: what its operation, method and headers say. */
  readonly idempotent?: boolean | undefined
  /** Higher is more important. Default: that of the request being answered, or 0. */
  readonly priority?: number | undefined
  /** The name under which the call is counted, from a small fixed set. Default: its operation's. */
  readonly route?: string | undefined
  /**
   * Hears of each attempt before it is sent, by its number from 1 on; a redirect begins anew. If it was never called,
   * nothing has left this process, and nothing needs to be undone.
   */
  readonly onAttempt?: ((attempt: number) => void) | undefined
}

/** What one call may say: what `fetch` takes, and a little more. */
export interface FetchInit extends CallInit, Omit<RequestInit, 'body' | 'priority'> {
  /** What `fetch` takes, any async iterable of bytes, or a function that makes the body of each attempt. */
  readonly body?: BodyInput | undefined
}
