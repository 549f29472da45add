import { expect, test } from 'vitest'
import { serviceNames, type ServiceName } from '../src/services/names.js'
import { Monotonic } from '../src/status/monotonic.js'
import { StatusWatch } from '../src/status/status-watch.js'
import type { ServiceStatus, SystemStatus } from '../src/status/system-status.js'
import { timeShares } from '../src/status/time-shares.js'

function edge(to: string, retries: number, ms: number = 10) {
  const counts = { calls: 10, failures: 0, retries, refusedByBreaker: 0, refusedOtherwise: 0, fallbacks: 0 }
  return { to, breaker: 'closed', ...counts, durations: { count: 10, ms } }
}

function status(service: ServiceName, pid: number, change: Partial<ServiceStatus> = {}): ServiceStatus {
  return { service, pid, faults: null, served: { count: 10, ms: 100 }, edges: [], ...change }
}

test('a service that hangs is shown as silent, with what it said last, and keeps nobody waiting', async () => {
  let now = 0
  let hangs = false
  const watch = new StatusWatch(
    async (name) => {
      if (hangs && name === 'order') throw new Error('timed out')
      return status(name, 1, name === 'order' ? { edges: [edge('payment', 3)] } : {})
    },
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
  let answer = status('order', 1, { edges: [edge('payment', 55)] })
  const watch = new StatusWatch(async () => answer)
  await watch.ask('order')
  answer = status('order', 2, { edges: [edge('payment', 4)], served: { count: 1, ms: 7 } })
  await watch.ask('order')
  expect(watch.current()).toMatchObject({
    edges: [{ retries: 59, breaker: 'closed', durations: { count: 20, ms: 20 } }],
    served: { order: { count: 11, ms: 107 } },
  })
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

test('where the time goes: what each service did itself, and the rest between them', () => {
  const before: SystemStatus = { edges: [], faults: [], served: {}, silent: [] }
  const served = (ms: number) => ({ count: 10, ms })
  const now: SystemStatus = {
    ...before,
    served: {
      gateway: served(300),
      order: served(260),
      inventory: served(40),
      payment: served(50),
      shipping: served(40),
      loyalty: served(30),
    },
    edges: [
      { from: 'gateway', ...edge('order', 0, 280) },
      { from: 'order', ...edge('inventory', 0, 50) },
      { from: 'order', ...edge('payment', 0, 60) },
      { from: 'order', ...edge('shipping', 0, 50) },
      { from: 'order', ...edge('loyalty', 0, 40) },
    ],
  }
  expect(timeShares(now, before)).toEqual({
    totalMs: 30,
    services: [
      { service: 'gateway', ms: 2 },
      { service: 'order', ms: 6 },
      { service: 'inventory', ms: 4 },
      { service: 'payment', ms: 5 },
      { service: 'shipping', ms: 4 },
      { service: 'loyalty', ms: 3 },
    ],
    betweenMs: 6,
  })
  expect(timeShares(before)).toBeUndefined()
  expect(timeShares(now, now)).toBeUndefined()
})
