import { expect, it } from 'vitest'
import { applyChange, changeBetween } from './change.js'
import type { EdgeStand } from './edge-stand.js'
import type { ServiceStand } from './service-stand.js'
import type { Snapshot } from './snapshot.js'

const unknown = { known: false, source: 'store', reason: 'no store is named' } as const

const before: Snapshot = {
  schemaVersion: 1,
  sequence: 1,
  at: 1_000,
  system: 'shop',
  windowMs: 10_000,
  history: { from: 0, to: 1_000, stepMs: 1_000 },
  sources: [],
  services: ['order', 'payment'].map(service),
  edges: [edge('order', 'payment', 1)],
  events: [],
  traces: unknown,
  waiting: unknown,
  sagas: unknown,
  messaging: unknown,
  faults: unknown,
  canaries: [],
  actions: [],
}

it('carries only what differs, and gives the same snapshot again', () => {
  const after = { ...before, sequence: 2, at: 2_000, edges: [edge('order', 'payment', 2)] }
  const change = changeBetween(before, after)
  expect(change).toEqual({
    sequence: 2,
    after: 1,
    at: 2_000,
    parts: {},
    services: [],
    edges: after.edges,
    order: null,
  })
  const applied = applyChange(before, change)
  expect(applied).toEqual(after)
  expect(applied.services).toBe(before.services)
})

it('tells what came, went and moved', () => {
  const after = { ...before, sequence: 2, services: ['tax', 'order'].map(service), edges: [] }
  const change = changeBetween(before, after)
  expect(change.order).toEqual({ services: ['tax', 'order'], edges: [] })
  expect(change.services).toEqual([service('tax')])
  expect(applyChange(before, change)).toEqual(after)
})

it('keeps null for what is not known', () => {
  const after = { ...before, edges: [edge('order', 'payment', null)] }
  expect(applyChange(before, changeBetween(before, after))).toEqual(after)
})

function service(name: string): ServiceStand {
  return {
    name,
    kind: 'service',
    description: null,
    level: 'ok',
    because: [],
    signals: unknown,
    objectives: [],
    replicas: unknown,
  }
}

function edge(from: string, to: string, ratePerSecond: number | null): EdgeStand {
  const nothing = {
    errorShare: null,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    breaker: null,
    retriesPerSecond: null,
    refusalsPerSecond: null,
    fallbacksPerSecond: null,
    timeoutsPerSecond: null,
    hedgesPerSecond: null,
    budgetRemaining: null,
    running: null,
    queued: null,
    ejectedEndpoints: null,
    notTold: null,
  }
  return {
    id: `${from}>${to}`,
    from,
    to,
    level: 'ok',
    because: [],
    optional: false,
    signals: { known: true, value: { ratePerSecond, ...nothing } },
  }
}
