import type { CallModel, RouteModel } from '../model/system-model.js'
import type { PolicyModel, RetryModel } from '../model/policy-model.js'

/**
 * The most requests that one call can become on the wire: the policy's attempts, each hedged, each repeated by
 * the caller's own library and by the mesh's default retry.
 */
export function worstCaseAttempts(call: CallModel, meshAttempts: number): number {
  // A mesh that enforces the call runs the policy's retry in place of its own default.
  const mesh = call.enforce === 'mesh' && call.policy.retry !== undefined ? 1 : meshAttempts
  return policyAttempts(call.policy) * call.clientAttempts * mesh
}

/** The most requests that one request to the gateway becomes at the service that it is routed to. */
export function routeAttempts(route: RouteModel, meshAttempts: number): number {
  return policyAttempts(route.policy) * meshAttempts
}

export function policyAttempts(policy: PolicyModel): number {
  return (policy.retry?.attempts ?? 1) * (1 + (policy.hedge?.attempts ?? 0))
}

/** The longest that the waits between attempts can add up to, in milliseconds. */
export function worstCaseBackoffMs(retry: RetryModel | undefined): number {
  if (retry === undefined) return 0
  let sum = 0
  for (let attempt = 1; attempt < retry.attempts; attempt++) {
    sum += Math.min(retry.backoff.initialMs * 2 ** (attempt - 1), retry.backoff.maxMs)
  }
  return sum
}

/** How long a caller can be kept waiting by one call, in milliseconds; Infinity when no limit applies. */
export function worstCaseMs(policy: PolicyModel): number {
  const total = policy.timeout?.totalMs ?? Infinity
  const attempt = policy.timeout?.attemptMs ?? Infinity
  const attempts = policy.retry?.attempts ?? 1
  const waiting = policy.bulkhead === undefined ? 0 : policy.bulkhead.maxWaitMs * attempts
  return Math.min(total, attempt * attempts + worstCaseBackoffMs(policy.retry) + waiting)
}

/** How long the caller lets one attempt run, in milliseconds; Infinity when no limit applies. */
export function patienceMs(policy: PolicyModel): number {
  return Math.min(policy.timeout?.attemptMs ?? Infinity, policy.timeout?.totalMs ?? Infinity)
}
