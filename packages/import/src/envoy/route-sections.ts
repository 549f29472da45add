import { envoyConditions } from '../mesh/envoy-conditions.js'
import type { CallSections } from '../mesh/mesh-table.js'
import { goDuration } from '../settings/durations.js'
import { durationText, readDuration, readText, readWhole } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'

/** How a request is sent that no route speaks of. */
export const silent: CallSections = {
  timeout: new Block().put('total', '15s', 'the default of Envoy'),
  retry: undefined,
  retryComment: 'nothing is retried where nothing is said',
}

/** Time limits and retries of a route. Retries of its virtual host hold where it has none of its own. */
export function routeSections(
  action: Setting,
  host: Setting | undefined,
): (budget: Block | undefined) => CallSections {
  const policy = action.at('retryPolicy') ?? host?.at('retryPolicy')
  const timeout = timeoutBlock(action, policy)
  // Read once, whoever writes it and with whichever budget.
  const retries = policy === undefined ? undefined : readRetries(policy)
  return (budget) => {
    if (retries === undefined)
      return {
        timeout,
        retry: undefined,
        retryComment: policy === undefined ? silent.retryComment : policy.source,
      }
    const retry = new Block().append(retries)
    if (budget !== undefined) retry.nest('budget', budget)
    return { timeout, retry, retryComment: undefined }
  }
}

/** `timeout` is 15 s unless set, and `0s` is no limit. */
function timeoutBlock(action: Setting, policy: Setting | undefined): Block {
  const block = new Block()
  const attempt = readDuration(policy?.at('perTryTimeout'), goDuration)
  if (attempt !== undefined && attempt.value > 0)
    block.from('attempt', durationText(attempt.value), attempt.from)
  const idle = readDuration(action.at('idleTimeout'), goDuration)
  if (idle !== undefined && idle.value > 0) block.from('idle', durationText(idle.value), idle.from)
  const total = readDuration(action.at('timeout'), goDuration)
  if (total === undefined) block.put('total', '15s', 'the default of Envoy')
  else if (total.value > 0) block.from('total', durationText(total.value), total.from)
  return block
}

function readRetries(policy: Setting): Block | undefined {
  const on = readText(policy.at('retryOn'))
  if (on === undefined) {
    policy.note('it names no retry_on, so that nothing is retried')
    return undefined
  }
  const codes = policy.at('retriableStatusCodes')
  const statuses = on.value.includes('retriable-status-codes')
    ? (codes?.items ?? []).flatMap((item) => {
        const status = readWhole(item, 400, 599)
        return status === undefined ? [] : [String(status.value)]
      })
    : []
  const known = envoyConditions(on, policy.at('perTryTimeout') !== undefined, statuses)
  if (known.length === 0) {
    policy.note('no condition of retry_on has an equivalent, so nothing is retried: write retry.on')
    return undefined
  }
  const count = readWhole(policy.at('numRetries'), 0, 99)
  if (count?.value === 0) return undefined
  const block = new Block()
  if (count === undefined) block.put('attempts', 2, 'Envoy retries once unless num_retries says otherwise')
  else block.from('attempts', count.value + 1, count.from, 'and the first try')
  block.from('on', `[${known.join(', ')}]`, on.from)
  return block.nest('backoff', backoff(policy.at('retryBackOff')))
}

function backoff(given: Setting | undefined): Block {
  const block = new Block()
  const base = readDuration(given?.at('baseInterval'), goDuration)
  const max = readDuration(given?.at('maxInterval'), goDuration)
  const initialMs = base?.value ?? 25
  if (base === undefined) block.put('initial', '25ms', 'the default of Envoy')
  else block.from('initial', durationText(initialMs), base.from)
  if (max === undefined)
    block.put('max', durationText(initialMs * 10), 'Envoy stops at ten times the first wait')
  else block.from('max', durationText(Math.max(initialMs, max.value)), max.from)
  return block.put('jitter', 'full', 'as in Envoy')
}
