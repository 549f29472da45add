import type { PolicyModel } from '@watertight/manifest'
import type { Json } from '../json.js'

/** Envoy's limits that nobody asked for would be 1024, and 3 for retries. */
const NO_LIMIT = 4_294_967_295

/** What Envoy calls circuit breakers: how much may be under way at one time, in all and at each endpoint. */
export function circuitBreakers(policy: PolicyModel | undefined, connectionsPerEndpoint: number): Json {
  return {
    thresholds: [{ priority: 'DEFAULT', ...connectionLimits(policy), ...retryLimit(policy) }],
    per_host_thresholds: [{ priority: 'DEFAULT', max_connections: connectionsPerEndpoint }],
  }
}

/**
 * A request counts as waiting while its connection is being opened, too, so that the length of a queue has room for
 * those. Where nothing may wait, a request beyond the limit gets a connection and is refused on it: were there none for
 * it, it would wait.
 */
function connectionLimits(policy: PolicyModel | undefined): Json {
  const bulkhead = policy?.bulkhead
  if (bulkhead === undefined) {
    return { max_connections: NO_LIMIT, max_pending_requests: NO_LIMIT, max_requests: NO_LIMIT }
  }
  const { concurrency, queue, connections, pending } = bulkhead
  return {
    max_connections: connections ?? (queue === 0 ? 2 * concurrency : concurrency),
    max_pending_requests: pending === undefined ? concurrency + queue : Math.max(1, pending),
    max_requests: concurrency,
  }
}

/** A share of what is under way and at least so many at a time; or so many at a time. */
function retryLimit(policy: PolicyModel | undefined): Json {
  const budget = policy?.retry?.budget
  if (policy === undefined || budget === undefined) return { max_retries: NO_LIMIT }
  const concurrency = budgetConcurrency(policy)
  if (concurrency !== undefined) return { max_retries: concurrency }
  return {
    retry_budget: {
      budget_percent: { value: budget.ratio * 100 },
      min_retry_concurrency: budget.minimum,
    },
  }
}

/** How many further tries may run at one time, where the document says that. */
export function budgetConcurrency({ retry }: PolicyModel): number | undefined {
  return retry?.budget?.concurrency
}
