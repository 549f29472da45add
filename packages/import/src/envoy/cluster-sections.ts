import type { TrafficSections } from '../mesh/traffic-sections.js'
import { goDuration } from '../settings/durations.js'
import {
  durationText,
  type Read,
  readDuration,
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
    bulkhead: bulkhead(usual, speaksHttp2(cluster)),
    ejection: ejection(cluster.at('outlierDetection')),
    balance: balance(cluster.at('lbPolicy')),
    budget: retryBudget(cluster),
    budgetFrom: usual?.at('retryBudget'),
  }
}

/** The bound on the retries of all requests to a cluster. */
export function retryBudget(cluster: Setting | undefined): Block | undefined {
  return budget(usualThresholds(cluster)?.at('retryBudget'))
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

/** Over HTTP/2 one connection carries many requests, so that a limit of connections bounds nothing. */
function speaksHttp2(cluster: Setting): boolean {
  if (cluster.at('http2ProtocolOptions') !== undefined) return true
  const options = cluster.at('typedExtensionProtocolOptions')?.entries ?? []
  return options.some((one) => one.at('explicitHttpConfig', 'http2ProtocolOptions') !== undefined)
}

function bulkhead(thresholds: Setting | undefined, http2: boolean): Block {
  const requests = readWhole(thresholds?.at('maxRequests'), 1, most)
  const connections = http2 ? undefined : readWhole(thresholds?.at('maxConnections'), 1, most)
  const pending = readWhole(thresholds?.at('maxPendingRequests'), 0, most)
  const block = new Block()
  const given = [requests, connections].filter((limit) => limit !== undefined)
  const [smaller, other] = given.toSorted((a, b) => a.value - b.value)
  if (smaller === undefined || smaller.value > 1_024) writeBoth(block, smaller)
  else {
    const note = smaller === connections ? 'one request a connection, as in HTTP/1.1' : undefined
    block.from('concurrency', smaller.value, smaller.from, note)
  }
  if (given.length === 2)
    other?.from.note('a bulkhead has one limit, and the smaller of the two was taken; nothing to do')
  if (pending === undefined) return block.put('queue', 1_024, unset)
  return block.from('queue', pending.value, pending.from)
}

/** Both limits are 1,024 where they are not set, so that one which is larger alone changes nothing. */
function writeBoth(block: Block, larger: Read<number> | undefined): void {
  block.put('concurrency', 1_024, unset)
  larger?.from.note('the other of the two limits, 1,024 unless it is set, comes first; nothing to do')
}

/** All 5xx are counted unless `enforcing_consecutive_5xx` is 0, gateway errors alone if theirs is above 0. */
function ejection(detection: Setting | undefined): Block | undefined {
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
  const share = readPercentage(detection.at('maxEjectionPercent'))
  return share === undefined
    ? block.put('maxEjected', '10%', unset)
    : block.from('maxEjected', share.value, share.from)
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
  const read = readDuration(setting, goDuration)
  if (read === undefined) block.put(key, otherwise, unset)
  else block.from(key, durationText(read.value), read.from)
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

function budget(given: Setting | undefined): Block | undefined {
  if (given === undefined) return undefined
  const ratio = readPercentage(given.at('budgetPercent', 'value'))
  const minimum = readWhole(given.at('minRetryConcurrency'), 0, most)
  const block = new Block()
  if (ratio === undefined) block.put('ratio', '20%', unset)
  else block.from('ratio', ratio.value, ratio.from)
  return minimum === undefined
    ? block.put('minimum', 3, unset)
    : block.from('minimum', minimum.value, minimum.from, 'at once in Envoy, a second here')
}
