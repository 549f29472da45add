import { springDuration } from '../settings/durations.js'
import { durationText, readDuration, readFlag, readNumber, readWhole } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { InstanceConfig } from './module-config.js'
import { writeConditions } from './write-conditions.js'

const unset = 'the default of Resilience4j'
const yearMs = 365 * 86_400_000

/** Retries; undefined when nothing would be retried. `maxAttempts` counts the first try, as `attempts` does. */
export function retryBlock(config: InstanceConfig): Block | undefined {
  const block = new Block()
  const attempts = readWhole(config.get('maxAttempts'), 1, 100)
  if (attempts === undefined) block.put('attempts', 3, unset)
  else block.from('attempts', attempts.value, attempts.from)
  if (!writeConditions(config, block)) return undefined
  block.nest('backoff', backoff(config, attempts?.value ?? 3))
  return block.put('budget', 'off', 'Resilience4j has none; remove this line to get one')
}

function backoff(config: InstanceConfig, attempts: number): Block {
  const block = new Block()
  const wait = readDuration(config.get('waitDuration'), springDuration)
  const waitMs = wait?.value ?? 500
  const initial = durationText(waitMs)
  if (wait === undefined) block.put('initial', initial, unset)
  else block.from('initial', initial, wait.from)
  longestWait(config, block, { waitMs, attempts })
  const randomized = readFlag(config.get('enableRandomizedWait'))
  if (randomized?.value === true) {
    block.from('jitter', 'equal', randomized.from, 'half of the wait is random')
    const factor = readNumber(config.get('randomizedWaitFactor'))
    const target = factor?.from ?? randomized.from
    target.note(
      `jitter has no factor here: equal waits between half of the wait and all of it; Resilience4j waits up to ${factor?.value ?? 0.5} of it less or more`,
    )
  } else if (randomized === undefined) block.put('jitter', 'none', unset)
  else block.from('jitter', 'none', randomized.from)
  return block
}

/** The longest wait. Resilience4j sets no bound unless it is told to; here the last wait of all is the bound. */
function longestWait(
  config: InstanceConfig,
  block: Block,
  { waitMs, attempts }: { readonly waitMs: number; readonly attempts: number },
): void {
  const exponential = readFlag(config.get('enableExponentialBackoff'))
  if (exponential?.value !== true) {
    const constant = 'the same wait each time'
    if (exponential === undefined) block.put('max', durationText(waitMs), constant)
    else block.from('max', durationText(waitMs), exponential.from, constant)
    return
  }
  const multiplier = readNumber(config.get('exponentialBackoffMultiplier'))
  const growth = multiplier?.value ?? 1.5
  if (growth !== 2) {
    const target = multiplier?.from ?? exponential.from
    target.note(`waits double here, they do not grow by ${growth}: look at initial and max`)
  }
  const max = readDuration(config.get('exponentialMaxWaitDuration'), springDuration)
  const doubles = `${exponential.from.source}: doubles`
  if (max !== undefined) {
    block.from('max', durationText(Math.max(max.value, waitMs)), max.from, doubles)
    return
  }
  const last = waitMs * Math.max(1, growth) ** Math.max(0, attempts - 2)
  const longest = Math.ceil(Math.min(last, waitMs === 0 ? 0 : yearMs))
  block.put(
    'max',
    durationText(Math.max(longest, waitMs)),
    `${doubles}; Resilience4j sets no bound, and this is the wait before the last attempt`,
  )
}
