/**
 * A refusal as a value: what a decision answers instead of a permit. It becomes an error only when somebody
 * reads it as one, so that refusing millions of calls costs no stack capture.
 */
export interface Refusal {
  /** Stable code of the error that it becomes, such as `WT_CIRCUIT_OPEN`. */
  readonly code: string
  /** Milliseconds after which another try may be admitted; absent when nobody can tell. */
  readonly retryAfterMs?: number | undefined
  /** The error for the edge. */
  toError(): RefusalError
}

/** Base of every error by which a policy refuses to start a call. The operation has not run. */
export class RefusalError extends Error implements Refusal {
  override readonly name: string = 'RefusalError'
  readonly code: string
  /** Milliseconds after which another try may be admitted; absent when nobody can tell. */
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, retryAfterMs?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryAfterMs = retryAfterMs
  }

  toError(): this {
    return this
  }
}

/** The error of a refusal, without a stack: it would show our own loop, and cost ten times the refusal. */
export function refusalError(refusal: Refusal): RefusalError {
  return withoutStack(() => refusal.toError())
}

/** Creates an error without capturing a stack, on engines that let one say so. */
export function withoutStack<E extends Error>(create: () => E): E {
  const { stackTraceLimit } = Error
  // A frozen Error (hardened environments) does not let it be set and captures a stack; the refusal itself still stands.
  const limitTo = (frames: number): boolean => Reflect.set(Error, 'stackTraceLimit', frames)
  limitTo(0)
  try {
    return create()
  } finally {
    limitTo(stackTraceLimit)
  }
}
