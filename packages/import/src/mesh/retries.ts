import { goDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readDuration, readFlag, readText, readWhole } from '../settings/read.js'
import { Block } from '../writing/block.js'
import { envoyConditions } from './envoy-conditions.js'

const defaultOn = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled']
const budgetNote = 'Istio has none unless trafficPolicy.retryBudget is set; remove this line to get one'

/**
 * The retries of a route. Istio's `attempts` does not count the first try, the manifest's does; a route that says
 * nothing is retried twice; `attempts` of 0, or left out of `retries`, disables them, which is undefined here.
 */
export function retryBlock(retries: Setting | undefined, budget: Block | undefined): Block | undefined {
  const block = new Block()
  if (retries === undefined) {
    block.put('attempts', 3, 'Istio retries twice where nothing is said')
    block.put('on', `[${defaultOn.join(', ')}]`, 'the default of Istio')
    return finish(block, undefined, budget)
  }
  const attempts = retries.at('attempts')
  const count = readWhole(attempts, 0, 99)
  const on = conditions(retries)
  sameAnyway(retries)
  if (count === undefined || count.value === 0) return undefined
  if (on.length === 0) {
    retries.note('no condition of retryOn has an equivalent, so these calls are not retried: write retry.on')
    return undefined
  }
  block.from('attempts', count.value + 1, count.from, 'and the first try')
  const retryOn = retries.at('retryOn')
  if (retryOn === undefined) block.put('on', `[${on.join(', ')}]`, 'the default of Istio')
  else block.from('on', `[${on.join(', ')}]`, retryOn)
  return finish(block, retries, budget)
}

function finish(block: Block, retries: Setting | undefined, budget: Block | undefined): Block {
  const base = readDuration(retries?.at('backoff'), goDuration)
  const backoff = new Block()
  if (base === undefined) backoff.put('initial', '25ms', 'the default of Istio').put('max', '250ms')
  else {
    backoff.from('initial', durationText(base.value), base.from)
    backoff.put('max', durationText(base.value * 10), 'Envoy stops at ten times the first wait')
  }
  block.nest('backoff', backoff.put('jitter', 'full'))
  return budget === undefined ? block.put('budget', 'off', budgetNote) : block.nest('budget', budget)
}

function conditions(retries: Setting): readonly string[] {
  const text = readText(retries.at('retryOn'))
  if (text === undefined) return defaultOn
  return envoyConditions(text, retries.at('perTryTimeout') !== undefined)
}

function sameAnyway(retries: Setting): void {
  const avoids = retries.at('retryIgnorePreviousHosts')
  if (readFlag(avoids)?.value === false) {
    avoids?.decline('a retry always avoids the endpoint that failed, where there is another; nothing to do')
  }
}
