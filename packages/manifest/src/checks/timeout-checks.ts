import { patienceMs } from '../call-graph/attempts.js'
import { formatDuration } from '../units/duration.js'
import { someMatchesFailure } from '../words/failure-words.js'
import type { Check } from './check.js'
import {
  causeOf,
  described,
  isLimitWritten,
  isWritten,
  policiesSetting,
  valuePath,
  whoseOwn,
} from './value-path.js'

export const timeoutChecks: readonly Check[] = [
  {
    code: 'WT-TIMEOUT-NONE',
    group: 'timeouts',
    severity: 'error',
    title: 'a call without a time limit',
    *find(model) {
      for (const call of model.calls) {
        if (call.policy.timeout !== undefined) continue
        yield {
          path: call.path,
          cause: causeOf(call.policy),
          subject: `${call.from} > ${call.to}`,
          message: `${call.from} waits for ${call.to} without a limit: timeout is off`,
          hint: 'write timeout: { attempt: 1s, total: 3s } in its policy',
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-DEFAULT',
    group: 'timeouts',
    severity: 'warning',
    title: 'a call that leaves its time limit to the default',
    *find(model) {
      for (const { policy, path, from, to } of model.calls) {
        if (policy.timeout === undefined || isLimitWritten(policy)) continue
        yield {
          path,
          cause: causeOf(policy),
          subject: `${from} > ${to}`,
          message: `${from} waits up to ${formatDuration(policy.timeout.totalMs)} for ${to}, the default: the document sets no limit`,
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
        if (retry === undefined || retry.attempts < 2 || timeout === undefined) continue
        if (timeout.attemptMs !== undefined || !isWritten(policy, 'timeout.total')) continue
        const attempt = formatDuration(Math.floor(timeout.totalMs / retry.attempts))
        const covers = someMatchesFailure(retry.on, 'attempt-timeout')
        yield {
          path: valuePath(policy, 'timeout'),
          ...whoseOwn(policy, policy.timeout, policy.retry),
          message: `the first attempt ${described(policy)} may use up the total of ${formatDuration(timeout.totalMs)}, so that no retry follows a hang`,
          hint: covers
            ? `write attempt: ${attempt} beside total`
            : `write attempt: ${attempt} beside total, and add attempt-timeout to retry.on: without it a hang is not tried again`,
        }
      }
    },
  },
  {
    code: 'WT-TIMEOUT-NO-TOTAL',
    group: 'timeouts',
    severity: 'note',
    title: 'retries without a total limit of their own',
    *find(model) {
      for (const policy of policiesSetting(model, 'retry', 'timeout')) {
        const { retry, timeout } = policy
        if (retry === undefined || retry.attempts < 2 || timeout?.attemptMs === undefined) continue
        if (isWritten(policy, 'timeout.total')) continue
        yield {
          path: valuePath(policy, 'timeout'),
          ...whoseOwn(policy, policy.timeout, policy.retry),
          message: `attempts and waits ${described(policy)} add up to no more than ${formatDuration(timeout.totalMs)}, the default: the document sets no total`,
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
        const limit = patienceMs(policy)
        if (connect === undefined || connect <= limit || !isWritten(policy, 'timeout.connect')) continue
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
    code: 'WT-TIMEOUT-GATEWAY-NONE',
    group: 'timeouts',
    severity: 'warning',
    title: 'a route that leaves its time limit to the default',
    *find(model) {
      for (const route of model.forwardingRoutes) {
        if (isLimitWritten(route.policy)) continue
        yield {
          path: [...route.path, 'to'],
          cause: 'gateway',
          subject: route.match.path,
          message: `the gateway waits up to ${formatDuration(patienceMs(route.policy))} for ${route.to}, the default: neither route nor gateway sets a limit`,
          hint: 'write timeout: { total: 10s } below gateway',
        }
      }
    },
  },
]
