import { policyAttempts, worstCaseBackoffMs } from '../call-graph/attempts.js'
import { formatDuration } from '../units/duration.js'
import type { Check } from './check.js'
import { described, policiesSetting, valuePath } from './value-path.js'

const AMPLIFICATION_MAX = 10

export const retryChecks: readonly Check[] = [
  {
    code: 'WT-RETRY-AMPLIFICATION',
    group: 'retries',
    severity: 'warning',
    title: 'attempts multiply along a path of calls',
    *find(_model, graph) {
      for (const entry of graph.entries) {
        const { calls, factors, attempts } = graph.worstPath(entry)
        const last = calls.at(-1)
        if (last === undefined || attempts <= AMPLIFICATION_MAX) continue
        const path = [entry, ...calls.map((call) => call.to)].join(' > ')
        yield {
          path: last.path,
          message: `${path}: ${factors.join(' x ')} = ${attempts} attempts for one request to ${entry}`,
          hint: `retry in one place of the path, at most ${AMPLIFICATION_MAX} attempts in all; set attempts: 1 elsewhere`,
        }
      }
    },
  },
  {
    code: 'WT-RETRY-TWO-LAYERS',
    group: 'retries',
    severity: 'error',
    title: 'two layers retry the same call',
    *find(model) {
      for (const call of model.calls) {
        const policy = call.policy.retry?.attempts ?? 1
        const mesh = call.enforce === 'mesh' && call.policy.retry !== undefined ? 1 : model.meshAttempts
        const layers = [
          { name: call.enforce, attempts: policy },
          { name: "the caller's own client", attempts: call.clientAttempts },
          { name: 'the mesh by default', attempts: mesh },
        ].filter(({ attempts }) => attempts > 1)
        if (layers.length < 2) continue
        const named = layers.map(({ name, attempts }) => `${name} (${attempts})`).join(' and ')
        yield {
          path: call.path,
          message: `${call.from} > ${call.to} is retried by ${named}; one layer may retry a call`,
          hint: 'keep the retries of the layer in enforce, and set mesh.attempts or clientAttempts to 1',
        }
      }
    },
  },
  {
    code: 'WT-RETRY-UNSAFE',
    group: 'retries',
    severity: 'error',
    title: 'an operation that is not idempotent is retried',
    *find(model) {
      for (const call of model.calls) {
        if (policyAttempts(call.policy) * call.clientAttempts < 2) continue
        for (const [operation, idempotent] of call.operations) {
          if (idempotent !== false) continue
          yield {
            path: [...call.path, 'operations', operation],
            message: `${operation} of ${call.to} is not idempotent, and ${call.from} may send it ${policyAttempts(call.policy) * call.clientAttempts} times`,
            hint: 'give it an idempotency key (idempotent: by-key), or retry: off for this call',
          }
        }
      }
    },
  },
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
]
