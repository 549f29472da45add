import type { RouteModel } from '../model/route-model.js'
import type { CallModel } from '../model/system-model.js'
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
  return (policy.retry?.attempts ?? 1) * (1 + (policy.hedge?.extra ?? 0))
}

/** The longest that the waits between attempts can add up to, in milliseconds, when no server asks for more. */
export function worstCaseBackoffMs(retry: RetryModel | undefined): number {
  if (retry === undefined) return 0
  const { initialMs, maxMs, jitter } = retry.backoff
  // A decorrelated wait may be three times the one before it, the first one three times the initial wait.
  const [first, factor] = jitter === 'decorrelated' ? [3 * initialMs, 3] : [initialMs, 2]
  let sum = 0
  for (let wait = 0; wait < retry.attempts - 1; wait++) sum += Math.min(first * factor ** wait, maxMs)
  return sum
}

/** How long a caller can be kept waiting by one call of a policy, in milliseconds; Infinity when no limit applies. */
export function worstCaseMs(policy: PolicyModel): number {
  const total = policy.timeout?.totalMs ?? Infinity
  const attempt = policy.timeout?.attemptMs ?? Infinity
  const attempts = policy.retry?.attempts ?? 1
  const queues = policy.bulkhead !== undefined && policy.bulkhead.queue > 0
  const waiting = queues ? policy.bulkhead.maxWaitMs * attempts : 0
  return Math.min(total, attempt * attempts + worstCaseBackoffMs(policy.retry) + waiting)
}

/** The same for a call: the caller's own library makes the whole of it again. */
export function callMs(call: CallModel): number {
  return worstCaseMs(call.policy) * call.clientAttempts
}

/** How long the caller lets one attempt run, in milliseconds; Infinity when no limit applies. */
export function patienceMs(policy: PolicyModel): number {
  return Math.min(policy.timeout?.attemptMs ?? Infinity, policy.timeout?.totalMs ?? Infinity)
}
