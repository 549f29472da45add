import type { TrafficSections } from '../mesh/traffic-sections.js'
import { goDuration } from '../settings/durations.js'
import {
  durationText,
  type Read,
  readDuration,
  readLimit,
  readPercentage,
  readText,
  readWhole,
} from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'

const most = 100_000
const unset = 'the default of Envoy'

/** What a cluster says of every request to it. */
export function clusterSections(cluster: Setting): TrafficSections {
  const usual = usualThresholds(cluster)
  usual?.at('priority')?.use()
  if (usual?.at('retryBudget') !== undefined)
    usual.at('maxRetries')?.decline('the retry budget beside it is in force in its place; nothing to do')
  for (const other of cluster.at('circuitBreakers', 'thresholds')?.items ?? []) {
    if (other !== usual)
      other.decline('a call has one bulkhead, whatever its priority: these limits are lost')
  }
  return {
    connect: connect(cluster),
    bulkhead: bulkhead(usual),
    ejection: ejection(
      cluster.at('outlierDetection'),
      cluster.at('commonLbConfig', 'healthyPanicThreshold', 'value'),
    ),
    balance: balance(cluster.at('lbPolicy')),
    warmUp: warmUp(cluster),
    budget: retryBudget(cluster),
    budgetFrom: usual?.at('retryBudget') ?? usual?.at('maxRetries'),
  }
}

/** The bound on the retries of all requests to a cluster: a share of them, or how many may run at once (3 unless set). */
export function retryBudget(cluster: Setting | undefined): Block {
  const usual = usualThresholds(cluster)
  const share = usual?.at('retryBudget')
  if (share !== undefined) return budget(share)
  const block = new Block().put('ratio', '100%', 'Envoy counts those alone that run at once')
  const atOnce = readWhole(usual?.at('maxRetries'), 1, most)
  return atOnce === undefined
    ? block.put('concurrency', 3, unset)
    : block.from('concurrency', atOnce.value, atOnce.from)
}

/** Limits of all requests but those with a high priority, which stand beside them. */
function usualThresholds(cluster: Setting | undefined): Setting | undefined {
  const all = cluster?.at('circuitBreakers', 'thresholds')?.items ?? []
  return all.find((one) => ['DEFAULT', '0', undefined].includes(one.at('priority')?.text))
}

function connect(cluster: Setting): Block {
  const limit = readDuration(cluster.at('connectTimeout'), goDuration)
  if (limit === undefined || limit.value === 0) return new Block().put('connect', '5s', unset)
  return new Block().from('connect', durationText(limit.value), limit.from)
}

/** All three are 1,024 where they are not set. */
function bulkhead(thresholds: Setting | undefined): Block {
  const block = new Block()
  bound(block, 'concurrency', readWhole(thresholds?.at('maxRequests'), 1, most))
  bound(block, 'connections', readWhole(thresholds?.at('maxConnections'), 1, most))
  bound(block, 'pending', readWhole(thresholds?.at('maxPendingRequests'), 0, most))
  return block
}

function bound(block: Block, key: string, read: Read<number> | undefined): void {
  if (read === undefined) block.put(key, 1_024, unset)
  else block.from(key, read.value, read.from)
}

/** All 5xx are counted unless `enforcing_consecutive_5xx` is 0, gateway errors alone if theirs is above 0. */
function ejection(detection: Setting | undefined, panicBelow: Setting | undefined): Block | undefined {
  if (detection === undefined) return undefined
  const isEnforced = (key: string, otherwise: number): boolean =>
    (readWhole(detection.at(key), 0, 100)?.value ?? otherwise) > 0
  const server = readWhole(detection.at('consecutive5xx'), 1, most)
  const gateway = readWhole(detection.at('consecutiveGatewayFailure'), 1, most)
  const counts: { readonly value: number; readonly from: Setting | undefined }[] = []
  if (isEnforced('enforcingConsecutive5xx', 100)) counts.push(server ?? { value: 5, from: undefined })
  if (isEnforced('enforcingConsecutiveGatewayFailure', 0))
    counts.push(gateway ?? { value: 5, from: undefined })
  const [smallest, ...others] = counts.toSorted((a, b) => a.value - b.value)
  for (const count of [server, gateway]) {
    if (count === undefined || count === smallest) continue
    count.from.note(
      others.includes(count)
        ? 'one count of failures in a row judges an endpoint, and the other comes first; nothing to do'
        : 'it is counted and not enforced; nothing to do',
    )
  }
  if (smallest === undefined)
    return detection.decline('no count of failures in a row is enforced: write ejection if one should be')
  noteOtherReasons(detection, smallest === gateway)
  const block = new Block()
  if (smallest.from === undefined) block.put('consecutiveFailures', smallest.value, unset)
  else block.from('consecutiveFailures', smallest.value, smallest.from)
  duration(block, 'interval', detection.at('interval'), '10s')
  duration(block, 'baseEjection', detection.at('baseEjectionTime'), '30s')
  percentage(block, 'maxEjected', detection.at('maxEjectionPercent'), '10%')
  percentage(block, 'panic', panicBelow, '50%')
  return block
}

function noteOtherReasons(detection: Setting, isGateway: boolean): void {
  if (isGateway)
    detection.note(
      'every failure counts here, not only 502, 503 and 504: raise consecutiveFailures if that is too many',
    )
  const bySuccess = detection.at('enforcingSuccessRate')
  if (bySuccess?.text === '0') bySuccess.use()
  else
    detection.note(
      'Envoy also ejects an endpoint whose success rate is far below that of the others; here failures in a row alone count',
    )
}

function duration(block: Block, key: string, setting: Setting | undefined, otherwise: string): void {
  const read = readLimit(setting, goDuration)
  if (read === undefined) block.put(key, otherwise, unset)
  else block.from(key, durationText(read.value), read.from)
}

function percentage(block: Block, key: string, setting: Setting | undefined, otherwise: string): void {
  const read = readPercentage(setting)
  if (read === undefined) block.put(key, otherwise, unset)
  else block.from(key, read.value, read.from)
}

const algorithms: Readonly<Record<string, string>> = {
  ROUND_ROBIN: 'round-robin',
  LEAST_REQUEST: 'least-request',
  RING_HASH: 'ring-hash',
  MAGLEV: 'ring-hash',
}

function balance(policy: Setting | undefined): TrafficSections['balance'] {
  const name = readText(policy)
  if (name === undefined) return { value: 'round-robin', comment: unset }
  const value = Object.hasOwn(algorithms, name.value) ? algorithms[name.value] : undefined
  if (value !== undefined) return { value, comment: `${name.from.place} ${name.value}` }
  return name.from.decline(
    `${name.value} has no equivalent: least-request, which holds now, spreads load better`,
  )
}

/** Of the algorithm in force alone. */
function warmUp(cluster: Setting): Read<number> | undefined {
  const key = { LEAST_REQUEST: 'leastRequestLbConfig', ROUND_ROBIN: 'roundRobinLbConfig' }[
    cluster.at('lbPolicy')?.text ?? 'ROUND_ROBIN'
  ]
  const given = key === undefined ? undefined : cluster.at(key, 'slowStartConfig')
  const [least, aggression] = [
    given?.at('minWeightPercent', 'value'),
    given?.at('aggression', 'defaultValue'),
  ]
  if (least?.text === '10') least.use()
  if (['1', '1.0'].includes(aggression?.text ?? '')) aggression?.use()
  return readLimit(given?.at('slowStartWindow'), goDuration)
}

function budget(given: Setting): Block {
  const ratio = readPercentage(given.at('budgetPercent', 'value'))
  const minimum = readWhole(given.at('minRetryConcurrency'), 0, most)
  const block = new Block()
  if (ratio === undefined) block.put('ratio', '20%', unset)
  else block.from('ratio', ratio.value, ratio.from)
  return minimum === undefined
    ? block.put('minimum', 3, unset)
    : block.from('minimum', minimum.value, minimum.from, 'at once in Envoy, a second here')
}
