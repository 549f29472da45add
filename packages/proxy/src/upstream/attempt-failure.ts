import { RefusalError, TimeoutError } from '@watertight/policy'
import {
  aborted,
  type DriverFailures,
  type FailureClass,
  mayTryAgain,
  refused,
  type RepeatableRequest,
  timedOut,
  type Verdict,
  type Verdicts,
} from '@watertight/traffic'

const STREAM_RESET = 'the stream was reset with code'

/** What is said of a stream that its service ends with an error, while their connection goes on. */
export function streamReset(code: number): string {
  return `${STREAM_RESET} ${code}`
}

/** One attempt ended without an answer. A value and no error: nobody throws it, and it captures no stack. */
export class AttemptFailure {
  readonly failureClass: FailureClass
  /** What happened, in words for the access log: `connect ECONNREFUSED 127.0.0.1:7001`. */
  readonly detail: string
  /** Whether the conditions, the request and its body allow another attempt. */
  readonly retryable: boolean

  constructor(failureClass: FailureClass, detail: string, verdicts: Verdicts, request: RepeatableRequest) {
    this.failureClass = failureClass
    this.detail = detail
    this.retryable = mayTryAgain(verdicts.ofFailure(failureClass), request)
  }

  /** Not the connection has ended, but the one stream of it. */
  get isOfStream(): boolean {
    return this.detail.startsWith(STREAM_RESET)
  }
}

/** Too many connections, or requests that wait for one: this side is at its limit, and the callee has done nothing. */
export class OverflowError extends RefusalError {
  override readonly name = 'OverflowError'

  constructor(destination: string) {
    super(
      'WT_UPSTREAM_OVERFLOW',
      `${destination} cannot take more: connections and pending requests are at their limits`,
    )
  }
}

/** How the proxy reads what its attempts end with. */
export const proxyFailures: DriverFailures = {
  verdictOf: (error: unknown, verdicts: Verdicts): Verdict => {
    if (error instanceof AttemptFailure) return verdicts.ofFailure(error.failureClass)
    if (error instanceof TimeoutError) return timedOut
    if (error instanceof RefusalError) return refused
    return aborted
  },
  mayTryAgain: (error) => error instanceof AttemptFailure && error.retryable,
}
