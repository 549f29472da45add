import { springDuration } from '../settings/durations.js'
import { durationText, readDuration, readFlag, readLimit, readWhole } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { InstanceConfig } from './module-config.js'

const unset = 'the default of Resilience4j'
const most = 100_000

/** A semaphore bulkhead. */
export function bulkheadBlock(config: InstanceConfig): Block {
  const block = new Block()
  const calls = readWhole(config.get('maxConcurrentCalls'), 1, most)
  if (calls === undefined) block.put('concurrency', 25, unset)
  else block.from('concurrency', calls.value, calls.from)
  const wait = readDuration(config.get('maxWaitDuration'), springDuration)
  if (wait === undefined || wait.value === 0) {
    if (wait === undefined) block.put('queue', 0, `${unset}: nobody waits`)
    else block.from('queue', 0, wait.from, 'nobody waits')
    return block
  }
  block.put('queue', calls?.value ?? 25, 'Resilience4j lets any number of calls wait; a bound is needed here')
  return block.from('maxWait', durationText(wait.value), wait.from)
}

/** A thread-pool bulkhead: its threads become calls at once, its queue becomes the queue. */
export function threadPoolBlock(config: InstanceConfig): Block {
  const block = new Block()
  const threads = readWhole(config.get('maxThreadPoolSize'), 1, most)
  const core = readWhole(threads === undefined ? config.get('coreThreadPoolSize') : undefined, 1, most)
  const size = threads ?? core
  if (size === undefined) block.put('concurrency', 10, 'Resilience4j uses one thread a processor')
  else block.from('concurrency', size.value, size.from)
  const queue = readWhole(config.get('queueCapacity'), 0, most)
  if (queue === undefined) block.put('queue', 100, unset)
  else block.from('queue', queue.value, queue.from)
  return block
}

/** A rate limit; undefined when its period is not given, for then it limits nothing worth the name. */
export function rateLimitBlock(config: InstanceConfig): Block | undefined {
  const limitSetting = config.get('limitForPeriod')
  const period = readLimit(config.get('limitRefreshPeriod'), springDuration)
  const wait = config.get('timeoutDuration')
  const waitMs = readDuration(wait, springDuration)
  const refused =
    'a call above the rate is refused at once here and does not wait: let it wait in a bulkhead queue'
  if (waitMs !== undefined && waitMs.value > 0) wait?.note(refused)
  if (wait === undefined)
    config.instance?.note(`timeoutDuration is not set, so a call waits up to 5s in Resilience4j: ${refused}`)
  if (period === undefined || period.value < 1) {
    const target = limitSetting?.use() ?? config.instance
    target?.note(
      'limitRefreshPeriod is 500 ns where it is not given, and nothing is limited by less than a millisecond: write rateLimit with the period you mean',
    )
    return undefined
  }
  const block = new Block()
  const limit = readWhole(limitSetting, 1, 10_000_000)
  if (limit === undefined) block.put('limit', 50, unset)
  else block.from('limit', limit.value, limit.from)
  return block.from('per', durationText(period.value), period.from)
}

/** A time limiter stands inside the retry, so it limits one attempt. */
export function timeoutBlock(config: InstanceConfig): Block {
  const block = new Block()
  const limit = readLimit(config.get('timeoutDuration'), springDuration)
  if (limit === undefined) block.put('attempt', '1s', unset)
  else block.from('attempt', durationText(limit.value), limit.from)
  const cancel = config.get('cancelRunningFuture')
  if (readFlag(cancel)?.value === false) {
    cancel?.decline('an attempt that is timed out is always aborted here; nothing keeps running')
  }
  return block
}
