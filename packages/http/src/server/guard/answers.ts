import { OVERLOADED_HEADER, SHOULD_RETRY_HEADER, type TimeLeftRefusal } from '@watertight/traffic'
import { problemAnswer, type Answer } from '../answer.js'

/** Callers above must not retry into an overload; `x-envoy-overloaded` tells them so. */
export function overloadedAnswer(requestId: string, retryAfterSeconds: number): Answer {
  return problemAnswer(503, {
    code: 'WT_OVERLOADED',
    detail: 'too many requests are in flight',
    requestId,
    headers: { 'retry-after': String(retryAfterSeconds), [OVERLOADED_HEADER]: 'true' },
  })
}

/** Another try of the same request has even less time, hence `x-should-retry: false`; a new one may do better. */
export function lateAnswer(refusal: TimeLeftRefusal, requestId: string, retryAfterSeconds: number): Answer {
  return problemAnswer(504, {
    code: refusal === 'expired' ? 'WT_DEADLINE_EXCEEDED' : 'WT_DEADLINE_TOO_CLOSE',
    detail:
      refusal === 'expired'
        ? 'the caller has stopped waiting'
        : 'the request could hardly be done in the time that its caller goes on waiting',
    requestId,
    headers: { 'retry-after': String(retryAfterSeconds), [SHOULD_RETRY_HEADER]: 'false' },
  })
}

export function bodyTooLargeAnswer(requestId: string, bytesMax: number): Answer {
  return problemAnswer(413, {
    code: 'WT_BODY_TOO_LARGE',
    detail: `the request body is longer than ${bytesMax} bytes`,
    requestId,
  })
}

export function handlerFailedAnswer(requestId: string): Answer {
  return problemAnswer(500, {
    code: 'WT_HANDLER_FAILED',
    detail: 'something went wrong here; the log says what',
    requestId,
  })
}

/** For a framework that wants an answer although nobody is left to read it. Its close was missed, so it gets no slot. */
export function callerGoneAnswer(): Answer {
  return problemAnswer(499, { code: 'WT_CALLER_GONE', detail: 'the caller has closed the connection' })
}
