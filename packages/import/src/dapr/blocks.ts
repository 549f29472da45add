import { daprDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import {
  durationText,
  type Read,
  readDuration,
  readLimit,
  readText,
  readWhole,
  refuse,
} from '../settings/read.js'
import { anyFailure } from '../writing/any-failure.js'
import { Block } from '../writing/block.js'
import { statusConditions } from './status-conditions.js'
import { consecutiveFailures } from './consecutive-failures.js'

const unset = 'the default of Dapr'

/** A named timeout. It limits one attempt: Dapr retries around it. */
export function timeoutBlock(timeout: Setting): Block {
  const block = new Block()
  const limit = readLimit(timeout, daprDuration)
  if (limit !== undefined) block.from('attempt', durationText(limit.value), timeout)
  return block
}

/** A named retry. `maxRetries` does not count the first try, `attempts` does. */
export function retryBlock(retry: Setting): Block {
  const block = new Block()
  const retries = retry.at('maxRetries')
  const endless = retries === undefined || retries.text === '-1'
  const count = endless ? undefined : readWhole(retries, 0, 99)
  if (endless) {
    const target = retries?.use() ?? retry
    target.note('Dapr retries without end here, and a manifest bounds every retry: 3 attempts are written')
    block.put('attempts', 3, `${target.place}; without end in Dapr`)
  } else if (count === undefined) block.put('attempts', 3)
  else block.from('attempts', count.value + 1, count.from, 'and the first try')
  conditions(retry, block)
  block.nest('backoff', backoff(retry))
  return block.put('budget', 'off', 'Dapr has none; remove this line to get one')
}

function conditions(retry: Setting, block: Block): void {
  const codes = retry.at('matching', 'httpStatusCodes')
  const text = readText(codes)
  const read = text === undefined ? undefined : statusConditions(text.value)
  if (codes !== undefined && text !== undefined && read === undefined) {
    refuse(codes, 'statuses and ranges from 100 to 599')
  }
  if (codes === undefined || read === undefined) {
    block.put('on', list(['5xx', ...anyFailure]), `${unset}, without its retries after a 4xx`)
    if (codes === undefined && retry.at('maxRetries')?.text !== '0') {
      retry.note('Dapr also retries every 4xx, which gets the same answer again: name statuses in retry.on')
    }
    return
  }
  if (read.refused.length > 0) {
    codes.note(
      `retry.on takes single statuses from 400, at most 32 of them: ${read.refused.join(', ')} is left out`,
    )
  }
  block.from('on', list([...read.on, ...anyFailure]), codes)
}

function list(conditionNames: readonly string[]): string {
  return `[${conditionNames.join(', ')}]`
}

function backoff(retry: Setting): Block {
  const block = new Block()
  const policy = readText(retry.at('policy'))
  if (policy !== undefined && policy.value !== 'constant' && policy.value !== 'exponential') {
    refuse(policy.from, 'constant or exponential')
  }
  if (policy?.value === 'exponential') {
    const max = readDuration(retry.at('maxInterval'), daprDuration)
    block.put(
      'initial',
      '500ms',
      `${policy.from.place} exponential; Dapr waits 1.5 times longer each time, this twice`,
    )
    if (max === undefined) block.put('max', '60s', unset)
    else block.from('max', durationText(Math.max(500, max.value)), max.from)
    retry
      .at('duration')
      ?.decline('exponential retries in Dapr start at 500 ms whatever duration says; nothing to do')
    return block.put('jitter', 'equal', 'half of the wait is random, as in Dapr')
  }
  const wait = readDuration(retry.at('duration'), daprDuration)
  const text = durationText(wait?.value ?? 5_000)
  if (wait === undefined) block.put('initial', text, unset).put('max', text, 'the same wait each time')
  else block.from('initial', text, wait.from).put('max', text, 'the same wait each time')
  retry
    .at('maxInterval')
    ?.decline('it bounds exponential retries only, and this one is constant; nothing to do')
  return block.put('jitter', 'none', 'as in Dapr; full spreads callers that failed together')
}

/** A named circuit breaker, which counts failures in a row. */
export function breakerBlock(breaker: Setting): Block {
  const block = new Block()
  const trip = breaker.at('trip')
  const failures = trip === undefined ? undefined : consecutiveFailures(trip.text)
  if (trip !== undefined && failures === undefined) {
    trip.decline(
      'only consecutiveFailures compared with a number has an equivalent: write failureRate and minimumCalls for the rest; 50% of at least 10 calls holds until then',
    )
  } else writeFailures(block, { value: failures ?? 6, from: trip?.use() })
  const open = readLimit(breaker.at('timeout'), daprDuration)
  if (open === undefined) block.put('openFor', '60s', unset)
  else block.from('openFor', durationText(open.value), open.from)
  const probes = readWhole(breaker.at('maxRequests'), 1, 1_000)
  if (probes === undefined) block.put('halfOpenCalls', 1, unset)
  else block.from('halfOpenCalls', probes.value, probes.from)
  const interval = breaker.at('interval')
  if (interval !== undefined && daprDuration(interval.text) === 0) interval.use()
  return block
}

// A rate of 100% over as many calls trips no earlier than the count of failures in a row.
function writeFailures(
  block: Block,
  { value, from }: Omit<Read<number>, 'from'> & { from: Setting | undefined },
): void {
  if (from === undefined) block.put('consecutiveFailures', value, unset)
  else block.from('consecutiveFailures', value, from)
  block.put('failureRate', '100%', 'so that only failures in a row count')
  if (value <= 10) return
  block.put('minimumCalls', value)
  if (value > 100) block.nest('window', new Block().put('calls', value))
}
