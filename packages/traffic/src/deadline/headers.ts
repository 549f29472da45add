/**
 * The headers by which a request's scope travels from service to service, in lower case. The client writes them,
 * the server reads them.
 */

/** Whole milliseconds for which the caller goes on waiting, as in Envoy. It shrinks from attempt to attempt. */
export const DEADLINE_HEADER = 'x-envoy-expected-rq-timeout-ms'
export const REQUEST_ID_HEADER = 'x-request-id'
/** On a request: which attempt of its call it is, from 1 on. As in Envoy. */
export const ATTEMPT_COUNT_HEADER = 'x-envoy-attempt-count'
/** An integer from -100 to 100, higher is more important, 0 when absent. */
export const PRIORITY_HEADER = 'x-watertight-priority'
/** On an answer: the service is overloaded, do not retry. As in Envoy. */
export const OVERLOADED_HEADER = 'x-envoy-overloaded'
/**
 * On a 503 that a sidecar gives since its own process gave no answer: the class of the failure. Whoever reads it takes the
 * answer for that failure, which a 503 of the process itself is not.
 */
export const FAILURE_HEADER = 'x-watertight-failure'
/** On an answer, `false`: another try of the same request cannot do better. */
export const SHOULD_RETRY_HEADER = 'x-should-retry'
