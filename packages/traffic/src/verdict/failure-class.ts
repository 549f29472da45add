/**
 * How one attempt failed without an answer, in the words of retry conditions.
 *
 * - `connect-failure`: no connection, so the request was never sent
 * - `refused-stream`: the callee refused an HTTP/2 stream before it looked at the request
 * - `reset`: the connection ended before the answer did
 * - `protocol-error`: what came was not HTTP, or more than the limits allow
 * - `attempt-timeout`: a time limit of this attempt passed
 */
export type FailureClass =
  'connect-failure' | 'refused-stream' | 'reset' | 'protocol-error' | 'attempt-timeout'
