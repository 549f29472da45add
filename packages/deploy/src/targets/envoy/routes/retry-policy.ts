import type { PolicyModel, RetryModel } from '@watertight/manifest'
import { type Json, seconds, typed } from '../json.js'
import { isHedged } from './is-hedged.js'
import { conditionsForAll, conditionsForUnsent, type EnvoyConditions } from './envoy-conditions.js'
import { attemptLimitMs } from './time-limits.js'

/**
 * How often Envoy looks for an endpoint that has not failed this request before it takes any. Endpoints are drawn by
 * chance there: with three of which one is left, this many draws all miss it once in 600,000 times.
 */
const ENDPOINT_DRAWS = '32'

/**
 * The tries of a request. `attempts` of the document counts every try, and Envoy's `num_retries` those after the first.
 * Undefined where the request is sent once and nothing limits a try.
 */
export function retryPolicy(policy: PolicyModel, repeatable: boolean): Json | undefined {
  const { retry, hedge, answers } = policy
  const limitMs = attemptLimitMs(policy)
  const limit = limitMs === undefined ? {} : { per_try_timeout: seconds(limitMs) }
  if (isHedged(policy) && hedge !== undefined) {
    return repeatable
      ? { ...conditionFields(NEVER), ...limit, num_retries: hedge.extra, ...AT_ONCE, ...OTHER_ENDPOINT }
      : undefined
  }
  const again = retry !== undefined && retry.attempts > 1
  const conditions = again
    ? repeatable
      ? conditionsForAll(retry.on, answers)
      : conditionsForUnsent(retry.on)
    : { words: [], statuses: [] }
  if (!again || (conditions.words.length === 0 && conditions.statuses.length === 0)) {
    return limitMs === undefined ? undefined : { num_retries: 0, ...limit }
  }
  return {
    ...conditionFields(conditions),
    num_retries: retry.attempts - 1,
    ...limit,
    ...backoff(retry),
    ...OTHER_ENDPOINT,
  }
}

function conditionFields({ words, statuses }: EnvoyConditions): Json {
  if (statuses.length === 0) return { retry_on: words.join(',') }
  return { retry_on: [...words, 'retriable-status-codes'].join(','), retriable_status_codes: statuses }
}

/** No status has this number: Envoy hedges only where it might retry. */
const NEVER: EnvoyConditions = { words: [], statuses: [999] }
const AT_ONCE: Json = { retry_back_off: { base_interval: seconds(1), max_interval: seconds(1) } }

const OTHER_ENDPOINT: Json = {
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: typed('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
    },
  ],
  host_selection_retry_max_attempts: ENDPOINT_DRAWS,
}

/** Envoy's waits are what `full` jitter is here: drawn from nothing to the limit, which doubles each time. */
function backoff({ backoff: { initialMs, maxMs, pushbackMs } }: RetryModel): Json {
  // Less than a millisecond is refused, and so is a longest wait below the first.
  const base = Math.max(1, initialMs)
  return {
    retry_back_off: { base_interval: seconds(base), max_interval: seconds(Math.max(base, maxMs)) },
    ...(pushbackMs === undefined ? {} : { rate_limited_retry_back_off: retryAfter(pushbackMs) }),
  }
}

/** What the callee asks for, if that is not longer than the limit. */
function retryAfter(limitMs: number): Json {
  return {
    reset_headers: [{ name: 'retry-after', format: 'SECONDS' }],
    max_interval: seconds(Math.max(1, limitMs)),
  }
}
