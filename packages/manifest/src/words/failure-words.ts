/**
 * The document's vocabulary of failure: the only place where these words are listed. `retry.on` and `answers` are
 * written in them; schema, types, checks and every driver of traffic derive from here.
 */
export const failureWords = {
  /** How an attempt ends without an answer. `retry.on` may name these. */
  transport: ['connect-failure', 'refused-stream', 'reset', 'reset-before-request', 'attempt-timeout'],
  /** Groups of statuses. `retry.on` and `answers` may name these, and any status from 400 to 599. */
  status: ['5xx', 'gateway-error', 'retriable-4xx'],
  /** What a gRPC callee answers in `grpc-status`. `retry.on` may name these. */
  grpc: ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'],
} as const

export type TransportWord = (typeof failureWords.transport)[number]
export type StatusWord = (typeof failureWords.status)[number]
export type GrpcWord = (typeof failureWords.grpc)[number]

/** The numbers that stand for these words in `grpc-status`. */
export const grpcStatusOf: Readonly<Record<GrpcWord, number>> = {
  cancelled: 1,
  'deadline-exceeded': 4,
  'resource-exhausted': 8,
  internal: 13,
  unavailable: 14,
}

/**
 * How one attempt failed without an answer.
 *
 * - `connect-failure`: no connection, so the request was never sent
 * - `refused-stream`: the callee refused an HTTP/2 stream before it looked at the request
 * - `reset`: the connection ended before the answer did
 * - `reset-before-request`: it ended before anything of the request was written to it
 * - `attempt-timeout`: a time limit of this attempt passed
 * - `protocol-error`: what came was not HTTP, or more than the limits allow; a document cannot name it alone
 */
export type FailureClass = TransportWord | 'protocol-error'

/** What says which statuses are meant: a group, or one status. */
export type AnswerCondition = StatusWord | number

/** What may be tried again: a class of failures, a group of statuses, one status, or a status of gRPC. */
export type RetryCondition = TransportWord | AnswerCondition | GrpcWord

/** What is tried again when nothing is said: what mostly was not done, or was refused for now. */
export const defaultRetryOn: readonly RetryCondition[] = ['connect-failure', 'refused-stream', 'reset', 503]

// Envoy's `retry_on`: each of these stands for "no answer came" too.
const anyFailure: ReadonlySet<RetryCondition> = new Set<RetryCondition>(['5xx', 'gateway-error', 'reset'])

/** Whether a condition means this status. O(1). */
export function conditionMatchesStatus(condition: RetryCondition, status: number): boolean {
  if (condition === '5xx') return status >= 500 && status <= 599
  if (condition === 'gateway-error') return status >= 502 && status <= 504
  if (condition === 'retriable-4xx') return status === 409
  return condition === status
}

/** Whether a condition means this failure. O(1). */
export function conditionMatchesFailure(condition: RetryCondition, failure: FailureClass): boolean {
  return condition === failure || anyFailure.has(condition)
}

/** Whether a condition means this `grpc-status`, which comes beside a status of 200. O(1). */
export function conditionMatchesGrpc(condition: RetryCondition, grpcStatus: number): boolean {
  return grpcStatusOf[condition as GrpcWord] === grpcStatus
}

/** Whether any of the conditions means this status. */
export function someMatchesStatus(conditions: readonly RetryCondition[], status: number): boolean {
  return conditions.some((condition) => conditionMatchesStatus(condition, status))
}

/** Whether any of the conditions means this failure. */
export function someMatchesFailure(conditions: readonly RetryCondition[], failure: FailureClass): boolean {
  return conditions.some((condition) => conditionMatchesFailure(condition, failure))
}

/** Whether any of the conditions means this `grpc-status`. */
export function someMatchesGrpc(conditions: readonly RetryCondition[], grpcStatus: number): boolean {
  return conditions.some((condition) => conditionMatchesGrpc(condition, grpcStatus))
}
