import { patienceMs, worstCaseBackoffMs } from '../call-graph/attempts.js'
import type { PolicyModel } from '../model/policy-model.js'
import { formatDuration } from '../units/duration.js'
import { conditionMatchesStatus, type RetryCondition, someMatchesStatus } from '../words/failure-words.js'
import type { Check } from './check.js'
import { described, policiesSetting, valuePath, whoseOwn } from './value-path.js'

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
          ...whoseOwn(policy),
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
          ...whoseOwn(policy, policy.retry?.attempts),
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
        const reason = whyNeverRuns(policy)
        if (reason === undefined) continue
        yield {
          path: valuePath(policy, 'retry.attempts'),
          ...whoseOwn(policy, policy.retry, policy.timeout),
          ...reason,
        }
      }
    },
  },
  {
    code: 'WT-RETRY-HEDGE-NEVER-SENT',
    group: 'retries',
    severity: 'warning',
    title: 'a hedge that is never sent',
    *find(model) {
      for (const policy of policiesSetting(model, 'hedge', 'timeout')) {
        const limit = patienceMs(policy)
        if (policy.hedge === undefined || policy.hedge.afterMs < limit) continue
        yield {
          path: valuePath(policy, 'hedge.after'),
          ...whoseOwn(policy, policy.hedge, policy.timeout),
          message: `no second request ${described(policy)} is ever sent: after must be below the attempt (${formatDuration(limit)}), got ${formatDuration(policy.hedge.afterMs)}`,
          hint: `write after: ${formatDuration(Math.max(1, Math.floor(limit / 3)))}`,
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
    title: 'a retry names an answer',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry', 'answers')) {
        const { retry, answers } = policy
        if (retry === undefined || retry.attempts < 2 || answers.length === 0) continue
        if (policy.origins.get('retry.on')?.kind !== 'document') continue
        const idle = retry.on.filter((condition) => isAnswered(condition, answers))
        if (idle.length === 0) continue
        yield {
          path: valuePath(policy, 'answers'),
          message: `retry.on ${described(policy)} names ${idle.join(', ')}, which answers (${answers.join(', ')}) takes for an answer: an answer is never tried again`,
          hint: `remove ${idle.join(', ')} from retry.on, or from answers`,
        }
      }
    },
  },
]

function whyNeverRuns(policy: PolicyModel): { message: string; hint: string } | undefined {
  const { retry, timeout } = policy
  if (retry === undefined || retry.attempts < 2 || timeout === undefined) return undefined
  const { attemptMs, totalMs } = timeout
  const { backoff, attempts } = retry
  const shortest = {
    none: backoff.initialMs,
    decorrelated: backoff.initialMs,
    equal: backoff.initialMs / 2,
    full: 0,
  }
  if (shortest[backoff.jitter] >= totalMs) {
    return {
      message: `no retry ${described(policy)} ever starts: the first wait of ${formatDuration(backoff.initialMs)} outlasts the total of ${formatDuration(totalMs)}`,
      hint: 'lower backoff.initial, or raise total',
    }
  }
  if (attemptMs === undefined) {
    if (retry.on.some((condition) => condition !== 'attempt-timeout')) return undefined
    return {
      message: `no retry ${described(policy)} ever starts: it waits for attempt-timeout, and no attempt has a limit`,
      hint: 'write attempt: 1s below timeout',
    }
  }
  // The last attempt can run when what comes before it leaves some time, so it is not counted in.
  if ((attempts - 1) * attemptMs < totalMs) return undefined
  const needed = formatDuration(attempts * attemptMs + worstCaseBackoffMs(retry))
  return {
    message: `attempt ${attempts} ${described(policy)} can never follow slow ones: ${attempts} x ${formatDuration(attemptMs)} is beyond the total of ${formatDuration(totalMs)}`,
    hint: `allow a total of ${needed}, shorten the attempt, or lower attempts`,
  }
}

/** Whether a condition names statuses, and answers leave none of them to be tried again. */
function isAnswered(condition: RetryCondition, answers: readonly RetryCondition[]): boolean {
  const meant = STATUSES.filter((status) => conditionMatchesStatus(condition, status))
  return meant.length > 0 && meant.every((status) => someMatchesStatus(answers, status))
}

const STATUSES: readonly number[] = Array.from({ length: 200 }, (_, index) => 400 + index)
