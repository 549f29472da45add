/** A service that calls others answers within this many milliseconds: the total of `standard`. */
export const STANDARD_TOTAL_SECONDS = 3

/** How often `standard` tries a call. */
export const STANDARD_ATTEMPTS = 2

export const STANDARD_POLICY: string = `  # For calls to services that call nobody else: a second try is cheap there.
  standard:
    timeout: { connect: 500ms, attempt: 1s, total: ${STANDARD_TOTAL_SECONDS}s }
    retry: # attempts counts every try; the budget keeps retries from becoming a storm
      attempts: ${STANDARD_ATTEMPTS}
      on: [connect-failure, refused-stream, reset, 5xx]
      backoff: { initial: 100ms, max: 1s, jitter: full }
      budget: { ratio: 20%, minimum: 3 }
    breaker: { window: { calls: 100 }, failureRate: 50%, openFor: 30s, halfOpenCalls: 5 }
    bulkhead: { concurrency: 20, queue: 20, maxWait: 100ms }
    ejection: { consecutiveFailures: 5, interval: 10s, baseEjection: 30s, maxEjected: 50% }
    balance: least-request
`

export const OUTER_POLICY: string = `  # For calls to services that make calls of their own: retries stay where the failure is, since retries at every
  # level multiply. So this one tries once and waits longer than the callee does.
  outer:
    extends: standard
    timeout: { attempt: ${STANDARD_TOTAL_SECONDS + 1}s, total: ${STANDARD_TOTAL_SECONDS + 1}s }
    retry: off
`

export const DATASTORE_POLICY = `  # For databases, caches and brokers: their clients reconnect by themselves, and a service that waits for one still
  # answers within the second that its callers give it.
  datastore:
    timeout: { connect: 300ms, attempt: 800ms, total: 800ms }
    retry: off
    breaker: { window: { calls: 100 }, failureRate: 50%, openFor: 10s, halfOpenCalls: 5 }
    bulkhead: { concurrency: 20, queue: 20, maxWait: 100ms }
`

export const BOTTOM = `# Next steps:
#   watertight check                      what is missing, and what cannot work
#   watertight explain CALLER CALLEE      what holds for one call, and where each value comes from
#   watertight explain CODE               why a finding matters, and how to fix it
`
