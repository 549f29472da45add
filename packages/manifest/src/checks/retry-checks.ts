import { worstCaseBackoffMs } from '../call-graph/attempts.js'
import type { RetryCondition } from '../document/policy-document.js'
import { formatDuration } from '../units/duration.js'
import type { Check } from './check.js'
import { described, policiesSetting, valuePath } from './value-path.js'

/** What is wrong with a retry by itself. */
export const retryChecks: readonly Check[] = [
  {
    code: 'WT-RETRY-NO-JITTER',
    group: 'retries',
    severity: 'warning',
    title: 'retries without jitter',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry')) {
        if (policy.retry === undefined || policy.retry.attempts < 2 || policy.retry.backoff.jitter !== 'none')
          continue
        yield {
          path: valuePath(policy, 'retry.backoff.jitter'),
          message: `retries ${described(policy)} wait without jitter, so that all callers come back at the same moment`,
          hint: 'write jitter: full',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-NO-BUDGET',
    group: 'retries',
    severity: 'warning',
    title: 'retries without a budget',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry')) {
        if (policy.retry === undefined || policy.retry.attempts < 2 || policy.retry.budget !== undefined)
          continue
        yield {
          path: valuePath(policy, 'retry.budget'),
          message: `retries ${described(policy)} have no budget: an outage multiplies the load by ${policy.retry.attempts}`,
          hint: 'write budget: { ratio: 20%, minimum: 3 }',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-NEVER-RUNS',
    group: 'retries',
    severity: 'warning',
    title: 'the total time ends before the last attempt',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry', 'timeout')) {
        const { retry, timeout } = policy
        if (retry === undefined || timeout?.attemptMs === undefined || timeout.totalMs === undefined) continue
        // The last attempt can run when what comes before it leaves some time, so it is not counted in.
        const before = (retry.attempts - 1) * timeout.attemptMs
        if (retry.attempts < 2 || before < timeout.totalMs) continue
        const needed = formatDuration(retry.attempts * timeout.attemptMs + worstCaseBackoffMs(retry))
        yield {
          path: valuePath(policy, 'retry.attempts'),
          message: `attempt ${retry.attempts} ${described(policy)} can never follow slow ones: ${retry.attempts} x ${formatDuration(timeout.attemptMs)} is beyond the total of ${formatDuration(timeout.totalMs)}`,
          hint: `allow a total of ${needed}, shorten the attempt, or lower attempts`,
        }
      }
    },
  },
  {
    code: 'WT-RETRY-NO-WAIT',
    group: 'retries',
    severity: 'warning',
    title: 'retries follow at once',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry')) {
        const { retry } = policy
        if (retry === undefined || retry.attempts < 2 || retry.backoff.initialMs > 0) continue
        yield {
          path: valuePath(policy, 'retry.backoff.initial'),
          message: `retries ${described(policy)} follow at once: a first wait above 0ms is needed, got 0ms`,
          hint: 'write initial: 100ms',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-BACKOFF-INVERTED',
    group: 'retries',
    severity: 'error',
    title: 'the longest wait is below the first',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry')) {
        const backoff = policy.retry?.backoff
        if (backoff === undefined || backoff.maxMs >= backoff.initialMs) continue
        yield {
          path: valuePath(policy, 'retry.backoff.max'),
          message: `backoff ${described(policy)}: max must be at least initial (${formatDuration(backoff.initialMs)}), got ${formatDuration(backoff.maxMs)}`,
          hint: 'raise max or lower initial',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-ANSWER',
    group: 'retries',
    severity: 'warning',
    title: 'an answer to pass on is tried again',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry', 'breaker')) {
        const { retry, breaker } = policy
        if (retry === undefined || retry.attempts < 2) continue
        const again = (breaker?.answers ?? []).filter((status) => isRetried(status, retry.on))
        if (again.length === 0) continue
        yield {
          path: valuePath(policy, 'breaker.answers'),
          message: `the breaker ${described(policy)} takes ${again.join(', ')} for an answer to pass on, and retry.on (${retry.on.join(', ')}) tries it again`,
          hint: 'list in retry.on what is to be tried again without it, or remove it from answers',
        }
      }
    },
  },
]

// As the client and Envoy read the names.
function isRetried(status: number, on: readonly RetryCondition[]): boolean {
  const isGatewayError = status >= 502 && status <= 504
  return on.includes('5xx') || on.includes(status) || (isGatewayError && on.includes('gateway-error'))
}
