import {
  CircuitOpenError,
  OverloadedError,
  RateLimitedError,
  RefusalError,
  TimeoutError,
  BulkheadFullError,
} from '@watertight/policy'
import {
  type CallSettings,
  FAILURE_HEADER,
  type FailureClass,
  NoEndpointError,
  OVERLOADED_HEADER,
} from '@watertight/traffic'
import { AttemptFailure, OverflowError } from '../upstream/attempt-failure.js'
import type { ResponseFlag } from './response-flags.js'

/** An answer that the proxy gives itself. */
export interface LocalAnswer {
  readonly status: number
  readonly flag: ResponseFlag | undefined
  /** Header lines beside those that describe the body. */
  readonly lines: string
  /** The line that describes the body; empty without one. */
  readonly type: string
  readonly body: string
  /** In place of the text, where they came from a service. */
  readonly bytes?: Buffer
}

const overloaded = `${OVERLOADED_HEADER}: true\r\n`

function answer(
  status: number,
  flag: ResponseFlag | undefined,
  body: string,
  lines: string = '',
): LocalAnswer {
  return { status, flag, lines, type: body === '' ? '' : 'content-type: text/plain\r\n', body }
}

/** An answer that the document gives, in words or, with no type of its own, without one. */
export function fixedAnswer(status: number, body: string, contentType: string | undefined): LocalAnswer {
  const type = contentType === undefined ? '' : `content-type: ${contentType}\r\n`
  return { status, flag: undefined, lines: '', type, body }
}

/** What the document gives in place of an answer that does not come, if that is fixed. */
export function fallbackAnswer(fallback: CallSettings['fallback']): LocalAnswer | undefined {
  const { status, body } = fallback ?? {}
  if (status === undefined && body === undefined) return undefined
  if (body === undefined) return fixedAnswer(status ?? 200, '', undefined)
  return fixedAnswer(status ?? 200, JSON.stringify(body), 'application/json')
}

type LocalAnswerName =
  | 'empty'
  | 'noRoute'
  | 'badPath'
  | 'notAllowed'
  | 'forbidden'
  | 'tooLarge'
  | 'requestLate'
  | 'timeout'
  | 'overflow'
  | 'overloaded'
  | 'noEndpoint'
  | 'fault'

/** Those that do not depend on an error. */
export const localAnswers: Readonly<Record<LocalAnswerName, LocalAnswer>> = {
  empty: answer(204, undefined, ''),
  noRoute: answer(404, 'NR', ''),
  badPath: answer(400, 'DPE', 'the path must not leave its root'),
  notAllowed: answer(405, 'NR', ''),
  forbidden: answer(403, 'UAEX', 'this caller may not call'),
  tooLarge: answer(413, 'DPE', 'the request body is larger than the limit'),
  requestLate: answer(408, 'DPE', 'the request did not come in time'),
  timeout: answer(504, 'UT', 'upstream request timeout'),
  overflow: answer(503, 'UO', 'upstream overflow', overloaded),
  overloaded: answer(503, 'UO', 'overloaded', `${overloaded}retry-after: 1\r\n`),
  noEndpoint: answer(503, 'UH', 'no healthy upstream'),
  fault: answer(503, 'FI', 'fault filter abort'),
}

/** What a caller gets whose request turned out to be none after it had been passed on. */
export function malformedRequest(status: number, reason: string): LocalAnswer {
  return answer(status, 'DPE', reason)
}

const byFailure: Readonly<Record<FailureClass, LocalAnswer>> = {
  'connect-failure': answer(503, 'UF', 'upstream connect error'),
  'reset-before-request': answer(503, 'UC', 'upstream closed the connection before it read the request'),
  'refused-stream': answer(503, 'UR', 'upstream refused the stream'),
  reset: answer(503, 'UC', 'upstream closed the connection before it answered'),
  'attempt-timeout': localAnswers.timeout,
  'protocol-error': answer(502, 'UPE', 'upstream protocol error'),
}

const streamWasReset = answer(503, 'UR', 'upstream reset the stream before it answered')

/**
 * What the caller gets for a call that has ended with this error. `isProcess`: of a sidecar whose own process gave no
 * answer. A caller must be able to tell that from a 503 of the process itself, which is an answer and says when to come
 * again, so a header names the failure.
 */
export function answerFor(error: unknown, isProcess: boolean = false): LocalAnswer {
  if (error instanceof AttemptFailure) {
    const { failureClass } = error
    const given = failureClass === 'reset' && error.isOfStream ? streamWasReset : byFailure[failureClass]
    return isProcess && given.status === 503 ? ofProcess(given, failureClass) : given
  }
  if (error instanceof TimeoutError) return localAnswers.timeout
  if (error instanceof NoEndpointError) {
    const { noEndpoint } = localAnswers
    // Its checks say that it takes no requests: this one was not passed to it.
    return isProcess ? ofProcess(noEndpoint, 'connect-failure') : noEndpoint
  }
  if (error instanceof RateLimitedError) return rateLimited(error)
  if (isOverflow(error)) return localAnswers.overflow
  if (error instanceof RefusalError) return answer(503, 'UO', error.message)
  throw error
}

function ofProcess(given: LocalAnswer, failureClass: FailureClass): LocalAnswer {
  return { ...given, lines: `${FAILURE_HEADER}: ${failureClass}\r\n` }
}

function isOverflow(error: unknown): boolean {
  return (
    error instanceof OverflowError ||
    error instanceof BulkheadFullError ||
    error instanceof OverloadedError ||
    error instanceof CircuitOpenError
  )
}

function rateLimited({ retryAfterMs = 0 }: RateLimitedError): LocalAnswer {
  const seconds = Math.ceil(retryAfterMs / 1_000)
  return answer(429, 'RL', 'rate limited', seconds > 0 ? `retry-after: ${seconds}\r\n` : '')
}
