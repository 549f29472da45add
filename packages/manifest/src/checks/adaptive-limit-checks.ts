import type { AdaptiveLimitModel, PolicyModel } from '../model/policy-model.js'
import type { WordName } from '../words/word.js'
import type { Check } from './check.js'
import { formatDuration } from '../units/duration.js'
import { described, isWritten, policiesSetting, valuePath } from './value-path.js'

export const adaptiveLimitChecks: readonly Check[] = [
  {
    code: 'WT-ISOLATION-ADAPTIVE-LIMIT-BOUNDS',
    group: 'isolation',
    severity: 'error',
    title: 'an adaptive limit whose bounds contradict each other',
    *find(model) {
      for (const policy of policiesSetting(model, 'adaptiveLimit')) {
        const wrong = policy.adaptiveLimit && contradiction(policy.adaptiveLimit)
        if (wrong === undefined) continue
        yield {
          path: valuePath(policy, wrong.key),
          message: `the adaptive limit ${described(policy)} cannot be: ${wrong.says}`,
          hint: wrong.hint,
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-ADAPTIVE-LIMIT-FIXED',
    group: 'isolation',
    severity: 'warning',
    title: 'an adaptive limit that cannot adapt',
    *find(model) {
      for (const policy of policiesSetting(model, 'adaptiveLimit', 'bulkhead')) {
        const reason = whyFixed(policy)
        if (reason === undefined) continue
        yield {
          path: valuePath(policy, 'adaptiveLimit.min'),
          message: `the adaptive limit ${described(policy)} cannot shrink to anything: ${reason}`,
          hint: 'write a smaller min, or bulkhead alone',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-TWO-LIMITS',
    group: 'isolation',
    severity: 'warning',
    title: 'an adaptive limit that grows past its bulkhead',
    *find(model) {
      for (const policy of policiesSetting(model, 'adaptiveLimit', 'bulkhead')) {
        const { adaptiveLimit, bulkhead } = policy
        if (adaptiveLimit === undefined || bulkhead === undefined) continue
        if (adaptiveLimit.max <= bulkhead.concurrency || whyFixed(policy) !== undefined) continue
        yield {
          path: valuePath(policy, 'adaptiveLimit.max'),
          message: `the adaptive limit ${described(policy)} may grow to ${adaptiveLimit.max}, where its bulkhead lets ${bulkhead.concurrency} run: past that, calls wait or are refused within the limit, and their waits look to it like a slow callee`,
          hint: `write max: ${bulkhead.concurrency}, or bulkhead: off`,
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-LIMIT-OUTLIVES-PATIENCE',
    group: 'isolation',
    severity: 'warning',
    title: 'a call may wait for an adaptive limit longer than its caller waits',
    *find(model) {
      for (const policy of policiesSetting(model, 'adaptiveLimit', 'timeout')) {
        const { adaptiveLimit, timeout } = policy
        if (adaptiveLimit === undefined || adaptiveLimit.queue === 0 || timeout === undefined) continue
        if (adaptiveLimit.maxWaitMs < timeout.totalMs) continue
        yield {
          path: valuePath(policy, 'adaptiveLimit.maxWait'),
          message: `the adaptive limit ${described(policy)} holds calls until nobody waits for them: maxWait must be below the total of ${formatDuration(timeout.totalMs)}, got ${formatDuration(adaptiveLimit.maxWaitMs)}`,
          hint: 'write maxWait: 100ms, which is the default',
        }
      }
    },
  },
]

interface Contradiction {
  readonly key: WordName
  readonly says: string
  readonly hint: string
}

function contradiction({ min, max, initial }: AdaptiveLimitModel): Contradiction | undefined {
  if (max < min)
    return {
      key: 'adaptiveLimit.max',
      says: `max must be at least min (${min}), got ${max}`,
      hint: 'exchange them',
    }
  if (initial >= min && initial <= max) return undefined
  return {
    key: 'adaptiveLimit.initial',
    says: `initial must be from min to max (${min} to ${max}), got ${initial}`,
    hint: 'leave initial out, and it is 20 or the nearest of them',
  }
}

/** Why it can never be smaller than it begins, so that it is a bulkhead by another name. */
function whyFixed(policy: PolicyModel): string | undefined {
  const { adaptiveLimit, bulkhead } = policy
  // A contradiction is reported as such.
  if (adaptiveLimit === undefined || contradiction(adaptiveLimit) !== undefined) return undefined
  const { min, max } = adaptiveLimit
  if (min === max && isWritten(policy, 'adaptiveLimit.max')) return `min and max are both ${min}`
  if (bulkhead === undefined || min < bulkhead.concurrency) return undefined
  return `its bulkhead lets ${bulkhead.concurrency} run, and min is ${min}`
}
