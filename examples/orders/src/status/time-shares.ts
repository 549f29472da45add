import type { Durations } from '../http/durations.js'
import { proxyNames, type ServiceName } from '../services/names.js'
import type { SystemStatus } from './system-status.js'

/** Where the time of a checkout goes, on average, in milliseconds. */
export interface TimeShares {
  /** What the gateway took in all. */
  readonly totalMs: number
  /**
   * What the gateway, all sidecars together and each service did themselves, the calls that they made left out. A proxy
   * that waits before it tries again does that itself.
   */
  readonly parts: readonly { readonly name: string; readonly ms: number }[]
  /** What passed between processes: sockets, queues, waits for a processor. */
  readonly betweenMs: number
}

const callees: readonly ServiceName[] = ['inventory', 'payment', 'shipping', 'loyalty']
const versions: readonly ServiceName[] = ['order', 'canary']

/** The shares since `before`, or `undefined` while no checkout has come through. */
export function timeShares(now: SystemStatus, before?: SystemStatus): TimeShares | undefined {
  const served = (name: ServiceName) => since(now.served[name], before?.served[name])
  const orders = versions.map(served)
  const ordered = orders.reduce((sum, { count }) => sum + count, 0)
  const total = since(totalOf(now), before && totalOf(before))
  if (total.count <= 0 || ordered <= 0) return undefined
  const totalMs = total.ms / total.count
  const perOrder = (ms: number) => Math.max(0, ms / ordered)
  const own = (name: (typeof proxyNames)[number]) =>
    since(now.proxies[name]?.own, before?.proxies[name]?.own).ms
  const taxMs = since(now.proxies['tax-sidecar']?.behind, before?.proxies['tax-sidecar']?.behind).ms
  const sidecars = proxyNames.filter((name) => name !== 'gateway')
  const called = since(callsOf(now), before && callsOf(before)).ms
  const parts = [
    { name: 'gateway', ms: perOrder(own('gateway')) },
    { name: 'sidecars', ms: perOrder(sidecars.reduce((sum, name) => sum + own(name), 0)) },
    { name: 'order', ms: perOrder(orders.reduce((sum, { ms }) => sum + ms, 0) - called) },
    { name: 'tax', ms: perOrder(taxMs) },
    ...callees.map((name) => ({ name, ms: perOrder(served(name).ms) })),
  ]
  const betweenMs = parts.reduce((rest, { ms }) => rest - ms, totalMs)
  return { totalMs, parts, betweenMs: Math.max(0, betweenMs) }
}

/** All that the gateway has asked of order. */
function totalOf({ edges }: SystemStatus): Durations {
  return sumOf(edges.filter(({ from }) => from === 'gateway').map(({ durations }) => durations))
}

/** All that order has asked of others, in either version. */
function callsOf({ edges }: SystemStatus): Durations {
  return sumOf(edges.filter(({ from }) => from !== 'gateway').map(({ durations }) => durations))
}

function sumOf(durations: readonly Durations[]): Durations {
  return {
    count: durations.reduce((sum, { count }) => sum + count, 0),
    ms: durations.reduce((sum, { ms }) => sum + ms, 0),
  }
}

function since(now: Durations | undefined, before: Durations | undefined): Durations {
  return {
    count: (now?.count ?? 0) - (before?.count ?? 0),
    ms: (now?.ms ?? 0) - (before?.ms ?? 0),
  }
}
