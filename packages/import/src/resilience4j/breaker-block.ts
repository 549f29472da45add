import { springDuration } from '../settings/durations.js'
import { durationText, readLimit, readFlag, readPercentage, readWhole, refuse } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { InstanceConfig } from './module-config.js'

const unset = 'the default of Resilience4j'
const callsMax = 100_000

/** A circuit breaker. Defaults of Resilience4j that differ from the manifest's are written out. */
export function breakerBlock(config: InstanceConfig): Block {
  const block = new Block()
  const size = windowOf(config, block)
  minimumOf(config, block, size)
  const rate = readPercentage(config.get('failureRateThreshold'))
  if (rate === undefined) block.put('failureRate', '50%', unset)
  else block.from('failureRate', rate.value, rate.from)
  slowCallsOf(config, block)
  const open = readLimit(config.get('waitDurationInOpenState'), springDuration)
  if (open === undefined) block.put('openFor', '60s', unset)
  else block.from('openFor', durationText(open.value), open.from)
  const probes = readWhole(config.get('permittedNumberOfCallsInHalfOpenState'), 1, 1_000)
  if (probes === undefined) block.put('halfOpenCalls', 10, unset)
  else block.from('halfOpenCalls', probes.value, probes.from)
  sameAnyway(config)
  return block
}

/** The number of calls that the window holds; undefined for a window of time. */
function windowOf(config: InstanceConfig, block: Block): number | undefined {
  const type = config.get('slidingWindowType')
  const byTime = type?.text.toUpperCase() === 'TIME_BASED'
  if (byTime || type?.text.toUpperCase() === 'COUNT_BASED') type?.use()
  else if (type !== undefined) refuse(type, 'COUNT_BASED or TIME_BASED')
  const size = readWhole(config.get('slidingWindowSize'), 1, callsMax)
  const key = byTime ? 'duration' : 'calls'
  const text = byTime ? durationText((size?.value ?? 100) * 1_000) : (size?.value ?? 100)
  const note = byTime && type !== undefined ? `${type.place} TIME_BASED: seconds` : undefined
  const window = new Block()
  if (size === undefined) window.put(key, text, note === undefined ? unset : `${unset}; ${note}`)
  else window.from(key, text, size.from, note)
  block.nest('window', window, byTime || type === undefined ? undefined : type.source)
  return byTime ? undefined : (size?.value ?? 100)
}

function minimumOf(config: InstanceConfig, block: Block, size: number | undefined): void {
  const minimum = readWhole(config.get('minimumNumberOfCalls'), 1, callsMax)
  const ring = config.get('slidingWindowSize')
  if (minimum === undefined && size !== undefined && ring !== undefined && /^ring/i.test(ring.key)) {
    block.from('minimumCalls', size, ring, 'the ring is judged once it is full')
    return
  }
  const value = Math.min(minimum?.value ?? 100, size ?? callsMax)
  const capped = value < (minimum?.value ?? 100) ? 'no more than the window holds' : undefined
  if (minimum === undefined)
    block.put('minimumCalls', value, capped === undefined ? unset : `${unset}; ${capped}`)
  else block.from('minimumCalls', value, minimum.from, capped)
}

function slowCallsOf(config: InstanceConfig, block: Block): void {
  const over = readLimit(config.get('slowCallDurationThreshold'), springDuration)
  const rate = readPercentage(config.get('slowCallRateThreshold'))
  // Unset they mean that all calls take a minute or more, which every timeout ends before.
  if (over === undefined && rate === undefined) return
  const slow = new Block()
  if (over === undefined) slow.put('over', '60s', unset)
  else slow.from('over', durationText(over.value), over.from)
  if (rate === undefined) slow.put('rate', '100%', unset)
  else slow.from('rate', rate.value, rate.from)
  block.nest('slowCalls', slow)
}

/** Settings whose value is what happens here too; any other value is left to be declined. */
function sameAnyway(config: InstanceConfig): void {
  const automatic = config.get('automaticTransitionFromOpenToHalfOpenEnabled')
  if (readFlag(automatic)?.value === true) {
    automatic?.decline(
      'an open circuit starts no timer here: the first call after openFor is the probe, so remove it or send a probe yourself',
    )
  }
  const halfOpen = config.get('maxWaitDurationInHalfOpenState')
  if (halfOpen?.text === '0') halfOpen.use()
}
