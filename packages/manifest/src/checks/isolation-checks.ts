import type { PolicyModel } from '../model/policy-model.js'
import type { CallModel, SystemModel } from '../model/system-model.js'
import { formatDuration } from '../units/duration.js'
import { patienceMs } from '../call-graph/attempts.js'
import type { Check } from './check.js'
import { causeOf, described, isWritten, policiesSetting, valuePath } from './value-path.js'

export const isolationChecks: readonly Check[] = [
  {
    code: 'WT-ISOLATION-NO-BREAKER',
    group: 'isolation',
    severity: 'warning',
    title: 'a call without a circuit breaker',
    *find(model) {
      for (const call of model.calls) {
        // Ejection is the breaker of a mesh, which judges endpoints instead of calls.
        const ejection = call.enforce === 'mesh' && call.policy.ejection !== undefined
        if (call.policy.breaker !== undefined || ejection) continue
        yield {
          path: call.path,
          cause: causeOf(call.policy),
          subject: `${call.from} > ${call.to}`,
          message: `${call.from} keeps calling ${call.to} while it is down: the call has no breaker`,
          hint: 'write breaker: {} in its policy, or ejection: {} when the mesh enforces it',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-NO-BULKHEAD',
    group: 'isolation',
    severity: 'warning',
    title: 'a call without a bulkhead',
    *find(model) {
      for (const call of model.calls) {
        if (call.policy.bulkhead !== undefined || call.policy.adaptiveLimit !== undefined) continue
        yield {
          path: call.path,
          cause: causeOf(call.policy),
          subject: `${call.from} > ${call.to}`,
          message: `a slow ${call.to} can hold every request of ${call.from}: the call has no bulkhead`,
          hint: 'write bulkhead: { concurrency: 10 } in its policy, or adaptiveLimit: {}',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-POOLS-EXCEED-CAPACITY',
    group: 'isolation',
    severity: 'warning',
    title: 'the callers may send more at once than the callee can work on',
    *find(model, graph) {
      for (const service of model.services.values()) {
        const capacity = service.document.capacity
        const pooled = graph.callersOf(service.name).filter((call) => call.policy.bulkhead !== undefined)
        const sum = pooled.reduce((total, call) => total + poolOf(call, model), 0)
        if (capacity === undefined || sum <= capacity) continue
        const parts = pooled.slice(0, 5).map((call) => `${call.from} ${poolOf(call, model)}`)
        if (pooled.length > parts.length) parts.push(`${pooled.length - parts.length} more`)
        yield {
          path: [...service.path, 'capacity'],
          message: `the pools of the callers of ${service.name} add up to ${sum} (${parts.join(', ')}), above its capacity of ${capacity}`,
          hint: 'lower their bulkheads, or raise the capacity',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-SHARED-INSTANCE',
    group: 'isolation',
    severity: 'warning',
    title: 'unrelated callees share one breaker and one pool',
    *find(model) {
      for (const service of model.services.values()) {
        const shared = service.calls.filter((call) => call.policy.instance === 'shared')
        for (const policy of new Set(shared.map((call) => call.policy.name))) {
          const callees = shared.filter((call) => call.policy.name === policy).map((call) => call.to)
          if (callees.length < 2) continue
          yield {
            path: ['policies', policy, 'instance'],
            message: `${service.name} uses one instance of policy ${policy} for ${callees.slice(0, 5).join(', ')}: the failure of one stops the others`,
            hint: 'write instance: per-callee, which is the default',
          }
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-BREAKER-NEVER-OPENS',
    group: 'isolation',
    severity: 'error',
    title: 'a breaker that can never open',
    *find(model) {
      for (const policy of policiesSetting(model, 'breaker', 'bulkhead', 'timeout')) {
        const reason = whyNeverOpens(policy)
        if (reason === undefined) continue
        yield {
          path: valuePath(policy, 'breaker.minimumCalls'),
          message: `the breaker ${described(policy)} ${reason.says}`,
          hint: reason.hint,
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-SLOW-LIMIT-ABOVE-TIMEOUT',
    group: 'isolation',
    severity: 'warning',
    title: 'no call can be slow enough to count as slow',
    *find(model) {
      for (const policy of policiesSetting(model, 'breaker', 'timeout')) {
        const over = policy.breaker?.slowCalls?.overMs
        const limit = patienceMs(policy)
        if (over === undefined || over < limit) continue
        yield {
          path: valuePath(policy, 'breaker.slowCalls.over'),
          message: `slow calls ${described(policy)} end at the timeout of ${formatDuration(limit)} before they count as slow: over must be below it, got ${formatDuration(over)}`,
          hint: `write over: ${formatDuration(Math.floor(limit * 0.8))}`,
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-QUEUE-OUTLIVES-PATIENCE',
    group: 'isolation',
    severity: 'warning',
    title: 'a call may wait in the queue longer than its caller waits',
    *find(model) {
      for (const policy of policiesSetting(model, 'bulkhead', 'timeout')) {
        const { bulkhead, timeout } = policy
        if (bulkhead === undefined || bulkhead.queue === 0 || timeout?.totalMs === undefined) continue
        if (bulkhead.maxWaitMs < timeout.totalMs) continue
        yield {
          path: valuePath(policy, 'bulkhead.maxWait'),
          message: `the queue ${described(policy)} holds calls until nobody waits for them: maxWait must be below the total of ${formatDuration(timeout.totalMs)}, got ${formatDuration(bulkhead.maxWaitMs)}`,
          hint: 'write maxWait: 100ms',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-WAIT-WITHOUT-QUEUE',
    group: 'isolation',
    severity: 'note',
    title: 'a waiting time where no call may wait',
    *find(model) {
      for (const policy of policiesSetting(model, 'bulkhead')) {
        const { bulkhead } = policy
        if (bulkhead === undefined || bulkhead.queue > 0 || !isWritten(policy, 'bulkhead.maxWait')) continue
        if (isWritten(policy, 'bulkhead.queue')) continue
        yield {
          path: valuePath(policy, 'bulkhead.maxWait'),
          message: `no call ${described(policy)} ever waits ${formatDuration(bulkhead.maxWaitMs)}: the queue is 0, the default`,
          hint: 'write queue: 10, or remove maxWait',
        }
      }
    },
  },
  {
    code: 'WT-ISOLATION-EJECTION-EMPTIES-POOL',
    group: 'isolation',
    severity: 'warning',
    title: 'every endpoint may be ejected at once',
    *find(model) {
      for (const policy of policiesSetting(model, 'ejection')) {
        if (policy.ejection === undefined || policy.ejection.maxEjected < 1) continue
        yield {
          path: valuePath(policy, 'ejection.maxEjected'),
          message: `ejection ${described(policy)} may leave no endpoint: maxEjected must be below 100%`,
          hint: 'write maxEjected: 50%',
        }
      }
    },
  },
]

/**
 * A window of calls may be too small for `minimumCalls`. In a window of time, a callee that hangs settles no more calls
 * than the bulkhead lets run at once, each for the whole of its limit.
 */
function whyNeverOpens(policy: PolicyModel): { says: string; hint: string } | undefined {
  const { breaker, bulkhead } = policy
  if (breaker === undefined || breaker.consecutiveFailures !== undefined) return undefined
  const { window, minimumCalls } = breaker
  if ('calls' in window) {
    if (minimumCalls <= window.calls) return undefined
    return {
      says: `cannot wait for ${minimumCalls} calls where its window holds ${window.calls}: it judges after ${window.calls}`,
      hint: `write minimumCalls: ${Math.min(10, window.calls)}`,
    }
  }
  const limit = patienceMs(policy)
  // Slow calls count while they still run.
  if (bulkhead === undefined || breaker.slowCalls !== undefined || !Number.isFinite(limit)) return undefined
  const settled = Math.ceil(window.durationMs / limit) * bulkhead.concurrency
  if (settled >= minimumCalls) return undefined
  return {
    says: `can never open while its callee hangs: ${bulkhead.concurrency} calls at once, each for ${formatDuration(limit)}, make ${settled} in ${formatDuration(window.durationMs)}, and minimumCalls is ${minimumCalls}`,
    hint: `write minimumCalls: ${settled}, or a longer window`,
  }
}

/** What all replicas of the caller may have running at the callee at one time. */
function poolOf(call: CallModel, model: SystemModel): number {
  const scale = model.services.get(call.from)?.document.scale
  return (call.policy.bulkhead?.concurrency ?? 0) * (scale?.max ?? scale?.min ?? 1)
}
