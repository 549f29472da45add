import { patienceMs } from '../call-graph/attempts.js'
import { formatDuration } from '../units/duration.js'
import type { Check } from './check.js'
import { described, policiesSetting, valuePath } from './value-path.js'

export const timeoutChecks: readonly Check[] = [
  {
    code: 'WT-TIMEOUT-NONE',
    group: 'timeouts',
    severity: 'error',
    title: 'a call without a time limit',
    *find(model) {
      for (const call of model.calls) {
        if (Number.isFinite(patienceMs(call.policy))) continue
        yield {
          path: call.path,
          message: `${call.from} waits for ${call.to} without a limit; an attempt or total timeout is needed`,
          hint: 'write timeout: { attempt: 1s, total: 3s } in its policy',
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-NO-ATTEMPT',
    group: 'timeouts',
    severity: 'warning',
    title: 'retries without a limit on the attempt',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry', 'timeout')) {
        const { retry, timeout } = policy
        if (retry === undefined || retry.attempts < 2 || timeout?.totalMs === undefined) continue
        if (timeout.attemptMs !== undefined) continue
        yield {
          path: valuePath(policy, 'timeout'),
          message: `the first attempt ${described(policy)} may use up the total of ${formatDuration(timeout.totalMs)}, so that no retry follows a hang`,
          hint: `write attempt: ${formatDuration(Math.floor(timeout.totalMs / retry.attempts))} beside total`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-NO-TOTAL',
    group: 'timeouts',
    severity: 'note',
    title: 'retries without a total limit',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry', 'timeout')) {
        const { retry, timeout } = policy
        if (retry === undefined || retry.attempts < 2 || timeout?.attemptMs === undefined) continue
        if (timeout.totalMs !== undefined) continue
        yield {
          path: valuePath(policy, 'timeout'),
          message: `attempts and waits ${described(policy)} add up without a total limit`,
          hint: 'write total beside attempt',
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-CONNECT-ABOVE-ATTEMPT',
    group: 'timeouts',
    severity: 'error',
    title: 'connecting may take longer than the attempt',
    *find(model) {
      for (const policy of policiesSetting(model, 'timeout')) {
        const connect = policy.timeout?.connectMs
        const limit = policy.timeout?.attemptMs ?? policy.timeout?.totalMs
        if (connect === undefined || limit === undefined || connect <= limit) continue
        yield {
          path: valuePath(policy, 'timeout.connect'),
          message: `connect ${described(policy)} must be at most the attempt (${formatDuration(limit)}), got ${formatDuration(connect)}`,
          hint: `lower connect to ${formatDuration(Math.min(limit, 1_000))} or less`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-ATTEMPT-ABOVE-TOTAL',
    group: 'timeouts',
    severity: 'error',
    title: 'one attempt may take longer than the whole call',
    *find(model) {
      for (const policy of policiesSetting(model, 'timeout')) {
        const { attemptMs, totalMs } = policy.timeout ?? {}
        if (attemptMs === undefined || totalMs === undefined || attemptMs <= totalMs) continue
        yield {
          path: valuePath(policy, 'timeout.attempt'),
          message: `attempt ${described(policy)} must be at most the total (${formatDuration(totalMs)}), got ${formatDuration(attemptMs)}`,
          hint: 'raise total or lower attempt',
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-ABANDONED-WORK',
    group: 'timeouts',
    severity: 'warning',
    title: 'the callee works on after its caller has given up',
    *find(model, graph) {
      for (const call of model.calls) {
        const patience = patienceMs(call.policy)
        const busy = graph.busyMs(call.to)
        if (!Number.isFinite(busy) || busy <= patience) continue
        yield {
          path: call.path,
          message: `${call.from} waits ${formatDuration(patience)} for an attempt at ${call.to}, which may itself wait ${formatDuration(busy)} for a call: work that nobody waits for`,
          hint: `allow an attempt of more than ${formatDuration(busy)}, or shorten the calls of ${call.to}`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-GATEWAY-BELOW-SERVICE',
    group: 'timeouts',
    severity: 'warning',
    title: 'the gateway gives up before its service',
    *find(model, graph) {
      for (const route of model.routes) {
        const limit = patienceMs(route.policy)
        const busy = graph.busyMs(route.to)
        if (!Number.isFinite(busy) || busy <= limit) continue
        yield {
          path: [...route.path, 'to'],
          message: `the gateway waits ${formatDuration(limit)} for ${route.to}, which may itself wait ${formatDuration(busy)} for a call`,
          hint: `give the route a timeout above ${formatDuration(busy)}, or shorten the calls of ${route.to}`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-GATEWAY-NONE',
    group: 'timeouts',
    severity: 'warning',
    title: 'a route without a time limit',
    *find(model) {
      for (const route of model.routes) {
        if (Number.isFinite(patienceMs(route.policy))) continue
        yield {
          path: [...route.path, 'to'],
          message: `the gateway waits for ${route.to} without a limit; a timeout on the route or the gateway is needed`,
          hint: 'write timeout: { total: 10s } below gateway',
        }
      }
    },
  },
]
