import { expect, test } from 'vitest'
import { serviceNames, type ProxyName } from '../src/services/names.js'
import { CanaryShare } from '../src/status/canary-share.js'
import { Monotonic } from '../src/status/monotonic.js'
import { proxyFigures } from '../src/status/proxy-figures.js'
import type { ProxyWork } from '../src/status/proxy-work.js'
import { StatusWatch } from '../src/status/status-watch.js'
import type { ServiceStatus, SystemStatus } from '../src/status/system-status.js'
import { timeShares } from '../src/status/time-shares.js'

function edge(to: string, retries: number, ms: number = 10) {
  const counts = { calls: 10, failures: 0, retries, refusedByBreaker: 0, refusedOtherwise: 0, fallbacks: 0 }
  return { to, breaker: 'closed', ...counts, durations: { count: 10, ms } }
}

function status(pid: number, change: Partial<ServiceStatus> = {}): ServiceStatus {
  return { pid, faults: null, served: { count: 10, ms: 100 }, edges: [], ...change }
}

const silentProxy = async (): Promise<never> => {
  throw new Error('not asked here')
}

test('a service that hangs is shown as silent, with what it said last, and keeps nobody waiting', async () => {
  let now = 0
  let hangs = false
  const watch = new StatusWatch(
    {
      service: async (name) => {
        if (hangs && name === 'order') throw new Error('timed out')
        return status(1, name === 'order' ? { edges: [edge('payment', 3)] } : {})
      },
      proxy: silentProxy,
    },
    [],
    () => now,
  )
  const askAll = () => Promise.all(serviceNames.map((name) => watch.ask(name)))
  await askAll()
  expect(watch.current().silent).toEqual([])
  hangs = true
  now = 2_000
  await askAll()
  const { silent, edges } = watch.current()
  expect(silent).toEqual([{ service: 'order', forMs: 2_000 }])
  expect(edges).toMatchObject([{ from: 'order', to: 'payment', retries: 3 }])
})

test('what was counted before a restart is counted on', async () => {
  let answer = status(1, { edges: [edge('payment', 55)] })
  const watch = new StatusWatch({ service: async () => answer, proxy: silentProxy })
  await watch.ask('order')
  answer = status(2, { edges: [edge('payment', 4)], served: { count: 1, ms: 7 } })
  await watch.ask('order')
  expect(watch.current()).toMatchObject({
    edges: [{ retries: 59, breaker: 'closed', durations: { count: 20, ms: 20 } }],
    served: { order: { count: 11, ms: 107 } },
  })
})

test('a call is shown where it is enforced: by the gateway, by order, or by the sidecar of order', async () => {
  const durations = { count: 1, ms: 1 }
  const figures: Partial<Record<ProxyName, ProxyWork>> = {
    gateway: { own: durations, behind: durations, edges: [edge('order@stable', 1), edge('order@canary', 2)] },
    'order-sidecar': { own: durations, behind: durations, edges: [edge('order', 0), edge('tax', 7, 20)] },
  }
  const watch = new StatusWatch({
    service: async () => status(1, { edges: [{ ...edge('tax', 0), breaker: 'off' }, edge('payment', 3)] }),
    proxy: async (name) => ({ pid: 9, ...(figures[name] as ProxyWork) }),
  })
  await Promise.all([watch.ask('order'), watch.askProxy('gateway'), watch.askProxy('order-sidecar')])
  expect(watch.current().edges).toMatchObject([
    { from: 'gateway', to: 'order', retries: 1 },
    { from: 'gateway', to: 'canary', retries: 2 },
    // How long it took is what its caller saw.
    { from: 'order', to: 'tax', retries: 7, breaker: 'closed', durations: { ms: 10 } },
    { from: 'order', to: 'payment', retries: 3 },
  ])
})

test('counts of several processes add up, however many there were', () => {
  const totals = new Monotonic()
  const seen = [
    [1, 5],
    [1, 8],
    [2, 1],
    [2, 2],
    [3, 0],
    [3, 4],
  ].map(([pid, n]) => totals.total('x', pid as number, { n: n as number }).n)
  expect(seen).toEqual([5, 8, 9, 10, 10, 14])
})

test('where the time goes: what gateway, sidecars and services did themselves, and the rest between them', () => {
  const before: SystemStatus = { edges: [], faults: [], served: {}, proxies: {}, silent: [] }
  const served = (ms: number) => ({ count: 10, ms })
  const proxy = (own: number, behind: number) => ({ own: served(own), behind: served(behind), edges: [] })
  const now: SystemStatus = {
    ...before,
    served: {
      order: { count: 9, ms: 235 },
      canary: { count: 1, ms: 25 },
      inventory: served(40),
      payment: served(50),
      shipping: served(40),
      loyalty: served(30),
    },
    proxies: {
      gateway: proxy(20, 280),
      'order-sidecar': proxy(6, 500),
      'tax-sidecar': proxy(4, 15),
    },
    edges: [
      { from: 'gateway', ...edge('order', 0, 270), durations: { count: 9, ms: 270 } },
      { from: 'gateway', ...edge('canary', 0, 30), durations: { count: 1, ms: 30 } },
      { from: 'order', ...edge('tax', 0, 20) },
      { from: 'order', ...edge('inventory', 0, 50) },
      { from: 'order', ...edge('payment', 0, 50) },
      { from: 'canary', ...edge('shipping', 0, 40) },
      { from: 'order', ...edge('loyalty', 0, 40) },
    ],
  }
  expect(timeShares(now, before)).toEqual({
    totalMs: 30,
    parts: [
      { name: 'gateway', ms: 2 },
      { name: 'sidecars', ms: 1 },
      { name: 'order', ms: 6 },
      { name: 'tax', ms: 1.5 },
      { name: 'inventory', ms: 4 },
      { name: 'payment', ms: 5 },
      { name: 'shipping', ms: 4 },
      { name: 'loyalty', ms: 3 },
    ],
    betweenMs: 3.5,
  })
  expect(timeShares(before)).toBeUndefined()
  expect(timeShares(now, now)).toBeUndefined()
})

test('the share of the canary is counted from when its number was changed', () => {
  const share = new CanaryShare()
  const at = (order: number, canary: number): SystemStatus => ({
    edges: [
      { from: 'gateway', ...edge('order', 0), calls: order },
      { from: 'gateway', ...edge('canary', 0), calls: canary },
    ],
    faults: [],
    served: {},
    proxies: {},
    silent: [],
  })
  expect(share.look(at(100, 0), 0)).toEqual({ wanted: 0, requests: 0, canary: 0 })
  expect(share.look(at(200, 0), 0.05)).toEqual({ wanted: 0.05, requests: 0, canary: 0 })
  expect(share.look(at(290, 10), 0.05)).toEqual({ wanted: 0.05, requests: 100, canary: 10 })
})

test('of a gateway that is an Envoy, its clusters are read: the share of the canary, failures, and no breaker that it has not', () => {
  const { edges, own } = proxyFigures(`# TYPE envoy_cluster_upstream_rq_xx counter
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="order-1-stable"} 90
envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="order-1-stable"} 5
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="order-1-canary"} 5
envoy_cluster_upstream_rq_retry{envoy_cluster_name="order-1-stable"} 4
envoy_cluster_upstream_rq_pending_overflow{envoy_cluster_name="order-1-stable"} 2
envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="order-1-stable"} 700.5
envoy_http_downstream_rq_time_sum{envoy_http_conn_manager_prefix="gateway"} 800.5
envoy_http_downstream_rq_time_sum{envoy_http_conn_manager_prefix="admin"} 9000
`)
  expect(edges).toMatchObject([
    { to: 'order@stable', breaker: 'by envoy', calls: 95, failures: 5, retries: 4, refusedOtherwise: 2 },
    { to: 'order@canary', calls: 5, failures: 0 },
  ])
  expect(own).toEqual({ count: 100, ms: 100 })
})
