import { goDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import {
  durationText,
  type Read,
  readLimit,
  readFlag,
  readPercentage,
  readText,
  readWhole,
} from '../settings/read.js'
import { Block } from '../writing/block.js'
import { quoted } from '../writing/quoted.js'

const most = 100_000
const unset = 'the default of Istio'

/** Sections of a policy that a DestinationRule gives. */
export interface TrafficSections {
  readonly connect?: Block | undefined
  readonly bulkhead?: Block | undefined
  readonly ejection?: Block | 'off' | undefined
  readonly balance?:
    | {
        readonly value: string
        readonly comment: string
        /** What `ring-hash` goes by, as YAML. */
        readonly hashOn?: Read<string> | undefined
      }
    | undefined
  /** How long a new endpoint takes to come to its full share. */
  readonly warmUp?: Read<number> | undefined
  readonly budget?: Block | undefined
  /** Where the budget stands. */
  readonly budgetFrom?: Setting | undefined
}

/** Reads a traffic policy. A version's own sections take the place of those of its service, as in Istio. */
export function trafficSections(policy: Setting | undefined, version: Setting | undefined): TrafficSections {
  const section = (key: string): Setting | undefined => version?.at(key) ?? policy?.at(key)
  const connect = readLimit(section('connectionPool')?.at('tcp', 'connectTimeout'), goDuration)
  return {
    connect:
      connect === undefined
        ? undefined
        : new Block().from('connect', durationText(connect.value), connect.from),
    bulkhead: bulkhead(section('connectionPool')),
    ejection: ejection(section('outlierDetection')),
    balance: balance(section('loadBalancer')),
    warmUp: warmUp(section('loadBalancer')),
    budget: budget(section('retryBudget')),
    budgetFrom: section('retryBudget'),
  }
}

/** A limit; in a connection pool 0 means that none is set. */
function limit(setting: Setting | undefined): Read<number> | undefined {
  const read = readWhole(setting, 0, most)
  return read?.value === 0 ? undefined : read
}

function bulkhead(pool: Setting | undefined): Block | undefined {
  const requests = limit(pool?.at('http', 'http2MaxRequests'))
  const connections = limit(pool?.at('tcp', 'maxConnections'))
  const pending = limit(pool?.at('http', 'http1MaxPendingRequests'))
  const smaller =
    requests !== undefined && connections !== undefined && connections.value < requests.value
      ? connections
      : (requests ?? connections)
  if (smaller === undefined) {
    return pending?.from.decline('a queue needs a limit on the calls that run: write bulkhead with both')
  }
  const other = smaller === requests ? connections : requests
  other?.from.decline('a bulkhead has one limit, and the smaller of the two was taken; nothing to do')
  const note = smaller === connections ? 'one call a connection, as in HTTP/1.1' : undefined
  const block = new Block().from('concurrency', smaller.value, smaller.from, note)
  if (pending === undefined) return block.put('queue', 10, 'Istio sets no bound; a bound is needed here')
  return block.from('queue', pending.value, pending.from)
}

/**
 * Istio counts two things, and an endpoint leaves at whichever comes first: all 5xx (5 unless set), and gateway errors
 * (not counted unless set). Here every failure counts, so the smaller number is taken.
 */
function ejection(detection: Setting | undefined): Block | 'off' | undefined {
  if (detection === undefined) return undefined
  const server = readWhole(detection.at('consecutive5xxErrors'), 0, most)
  const former = detection.at('consecutiveErrors')
  const gateway = readWhole(detection.at('consecutiveGatewayErrors') ?? former, 0, most)
  const counts = [server, gateway].flatMap((count) =>
    count === undefined || count.value === 0 ? [] : [count],
  )
  if (server?.value === 0 && counts.length === 0) {
    for (const key of ['interval', 'baseEjectionTime', 'maxEjectionPercent', 'minHealthPercent'])
      detection.at(key)?.decline('consecutive5xxErrors is 0, so nothing is ejected; nothing to do')
    return 'off'
  }
  const isServerUnset = server === undefined && counts.every(({ value }) => value > 5)
  const smallest = isServerUnset ? undefined : counts.toSorted((a, b) => a.value - b.value)[0]
  const block = new Block()
  if (smallest === undefined) block.put('consecutiveFailures', 5, unset)
  else block.from('consecutiveFailures', smallest.value, smallest.from)
  if (gateway !== undefined && gateway.value > 0) {
    gateway.from.note(
      smallest === gateway
        ? 'every failure counts here, not only 502, 503 and 504: raise consecutiveFailures if that is too many'
        : 'one count of failures in a row judges an endpoint, and that of all 5xx comes first; nothing to do',
    )
  }
  if (server !== undefined && server.value > 0 && smallest === gateway) {
    server.from.note(
      `one count of failures in a row judges an endpoint, and that of gateway errors (${gateway?.value}) comes first`,
    )
  }
  duration(block, 'interval', detection.at('interval'), '10s')
  duration(block, 'baseEjection', detection.at('baseEjectionTime'), '30s')
  const share = readPercentage(detection.at('maxEjectionPercent'))
  if (share === undefined) block.put('maxEjected', '10%', unset)
  else block.from('maxEjected', share.value, share.from)
  const health = detection.at('minHealthPercent')
  if (health?.text === '0') health.use()
  return block
}

function duration(block: Block, key: string, setting: Setting | undefined, otherwise: string): void {
  const read = readLimit(setting, goDuration)
  if (read === undefined) block.put(key, otherwise, unset)
  else block.from(key, durationText(read.value), read.from)
}

const algorithms: Readonly<Record<string, string>> = {
  LEAST_REQUEST: 'least-request',
  LEAST_CONN: 'least-request',
  ROUND_ROBIN: 'round-robin',
  UNSPECIFIED: 'least-request',
}

function balance(balancer: Setting | undefined): TrafficSections['balance'] {
  const hash = balancer?.at('consistentHash')
  if (hash !== undefined) {
    balancer?.at('simple')?.decline('consistentHash stands beside it; nothing to do')
    return { value: 'ring-hash', comment: hash.source, hashOn: hashKey(hash) }
  }
  const simple = readText(balancer?.at('simple'))
  if (simple === undefined) return undefined
  const value = Object.hasOwn(algorithms, simple.value) ? algorithms[simple.value] : undefined
  if (value !== undefined) return { value, comment: `${simple.from.place} ${simple.value}` }
  return simple.from.decline(
    `${simple.value} has no equivalent: least-request, which holds now, spreads load better`,
  )
}

/** `warmup` wins where both are there. A ring takes neither in Istio. */
function warmUp(balancer: Setting | undefined): Read<number> | undefined {
  if (balancer === undefined || balancer.at('consistentHash') !== undefined) return undefined
  const given = balancer.at('warmup')
  const [least, aggression] = [given?.at('minimumPercent'), given?.at('aggression')]
  if (least?.text === '10') least.use()
  if (['1', '1.0'].includes(aggression?.text ?? '')) aggression?.use()
  return readLimit(given?.at('duration') ?? balancer.at('warmupDurationSecs'), goDuration)
}

/** What keeps requests together; a cookie is read, and not made. */
function hashKey(hash: Setting): Read<string> | undefined {
  const header = readText(hash.at('httpHeaderName'))
  if (header !== undefined) return { value: `{ header: ${quoted(header.value)} }`, from: header.from }
  const cookie = readText(hash.at('httpCookie', 'name'))
  if (cookie !== undefined) return { value: `{ cookie: ${quoted(cookie.value)} }`, from: cookie.from }
  const query = readText(hash.at('httpQueryParameterName'))
  if (query !== undefined) return { value: `{ query: ${quoted(query.value)} }`, from: query.from }
  const ip = readFlag(hash.at('useSourceIp'))
  return ip?.value === true ? { value: 'ip', from: ip.from } : undefined
}

function budget(retryBudget: Setting | undefined): Block | undefined {
  if (retryBudget === undefined) return undefined
  const ratio = readPercentage(retryBudget.at('percent'))
  const minimum = readWhole(retryBudget.at('minRetryConcurrency'), 0, most)
  const block = new Block()
  if (ratio === undefined) block.put('ratio', '20%', unset)
  else block.from('ratio', ratio.value, ratio.from)
  if (minimum === undefined) return block.put('minimum', 3, unset)
  return block.from('minimum', minimum.value, minimum.from)
}
