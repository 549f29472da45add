import type { Durations } from '../http/durations.js'
import type { ServiceName } from '../services/names.js'
import type { SystemStatus } from './system-status.js'

/** Where the time of a checkout goes, on average, in milliseconds. */
export interface TimeShares {
  /** What the gateway took in all. */
  readonly totalMs: number
  /** What each service did itself, the calls that it made left out. */
  readonly services: readonly { readonly service: ServiceName; readonly ms: number }[]
  /** What passed between processes: sockets, queues, waits for a processor, tries again. */
  readonly betweenMs: number
}

const callees: readonly ServiceName[] = ['inventory', 'payment', 'shipping', 'loyalty']

/** The shares since `before`, or `undefined` while no checkout has come through. */
export function timeShares(now: SystemStatus, before?: SystemStatus): TimeShares | undefined {
  const served = (service: ServiceName) => since(now.served[service], before?.served[service])
  const called = (from: ServiceName, to: ServiceName) =>
    since(durationsOf(now, from, to), before === undefined ? undefined : durationsOf(before, from, to))
  const gateway = served('gateway')
  const order = served('order')
  if (gateway.count <= 0 || order.count <= 0) return undefined
  const totalMs = gateway.ms / gateway.count
  const perOrder = (ms: number) => Math.max(0, ms / order.count)
  const calls = callees.reduce((sum, to) => sum + called('order', to).ms, 0)
  const services = [
    { service: 'gateway' as const, ms: Math.max(0, totalMs - called('gateway', 'order').ms / gateway.count) },
    { service: 'order' as const, ms: perOrder(order.ms - calls) },
    ...callees.map((service) => ({ service, ms: perOrder(served(service).ms) })),
  ]
  return {
    totalMs,
    services,
    betweenMs: Math.max(
      0,
      services.reduce((rest, { ms }) => rest - ms, totalMs),
    ),
  }
}

function durationsOf(status: SystemStatus, from: ServiceName, to: ServiceName): Durations | undefined {
  return status.edges.find((edge) => edge.from === from && edge.to === to)?.durations
}

function since(now: Durations | undefined, before: Durations | undefined): Durations {
  return {
    count: (now?.count ?? 0) - (before?.count ?? 0),
    ms: (now?.ms ?? 0) - (before?.ms ?? 0),
  }
}
