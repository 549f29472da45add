import { springDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readDuration, readFlag, readNumber, readWhole } from '../settings/values.js'
import { Block } from '../writing/block.js'
import type { InstanceConfig } from './module-config.js'

const unset = 'the default of Resilience4j'

/** Retries. `maxAttempts` counts the first try, as `attempts` does. */
export function retryBlock(config: InstanceConfig): Block {
  const block = new Block()
  const attempts = readWhole(config.get('maxAttempts'), 1, 100)
  if (attempts === undefined) block.put('attempts', 3, unset)
  else block.from('attempts', attempts.value, attempts.from)
  block.put(
    'on',
    '[5xx, connect-failure, refused-stream, reset, attempt-timeout]',
    'Resilience4j retries every exception that it is not told to ignore; narrow this where you can',
  )
  block.nest('backoff', backoff(config))
  block.put('budget', 'off', 'Resilience4j has none; remove this line to get one')
  return block
}

function backoff(config: InstanceConfig): Block {
  const block = new Block()
  const wait = readDuration(config.get('waitDuration'), springDuration)
  const waitMs = wait?.value ?? 500
  const initial = durationText(waitMs)
  if (wait === undefined) block.put('initial', initial, unset)
  else block.from('initial', initial, wait.from)
  longestWait(config, block, waitMs)
  const randomized = readFlag(config.get('enableRandomizedWait'))
  if (randomized?.value === true) {
    block.from('jitter', 'equal', randomized.from, 'half of the wait is random')
    declineFactor(config.get('randomizedWaitFactor'))
  } else if (randomized === undefined) block.put('jitter', 'none', unset)
  else block.from('jitter', 'none', randomized.from)
  return block
}

function longestWait(config: InstanceConfig, block: Block, waitMs: number): void {
  const exponential = readFlag(config.get('enableExponentialBackoff'))
  if (exponential?.value !== true) {
    const constant = 'the same wait each time'
    if (exponential === undefined) block.put('max', durationText(waitMs), `${unset}: ${constant}`)
    else block.from('max', durationText(waitMs), exponential.from, constant)
    return
  }
  const multiplier = readNumber(config.get('exponentialBackoffMultiplier'))
  if (multiplier !== undefined && multiplier.value !== 2) {
    multiplier.from.decline(
      `waits double here, they do not grow by ${multiplier.value}: look at initial and max`,
    )
  }
  const max = readDuration(config.get('exponentialMaxWaitDuration'), springDuration)
  const doubles = `${exponential.from.place} ${exponential.from.key}: doubles`
  if (max !== undefined) block.from('max', durationText(Math.max(max.value, waitMs)), max.from, doubles)
  else block.put('max', durationText(Math.max(3_000, waitMs)), `${doubles}; Resilience4j sets no bound`)
}

function declineFactor(factor: Setting | undefined): void {
  const read = readNumber(factor)
  if (read !== undefined) {
    read.from.decline(
      `jitter has no factor here: equal waits between half of the wait and all of it, full between nothing and all; Resilience4j waits up to ${read.value} of it less or more`,
    )
  }
}
