import type { AdminFacts, AdminQuestion } from './admin-facts.js'
import type { ClusterStand, EndpointStand } from './clusters.js'
import { mergedFaults } from './fault-facts.js'
import { mergedTaps } from '../tap/request-tap.js'
import { mergedMetrics } from './merged-metrics.js'

/** What several workers answer, as the answer of all of them together. There is at least one. */
export function mergedFacts<Q extends AdminQuestion>(
  what: Q,
  answers: readonly AdminFacts[Q][],
): AdminFacts[Q] {
  const merge = mergers[what] as (answers: readonly AdminFacts[Q][]) => AdminFacts[Q]
  return merge(answers)
}

const mergers: { readonly [Q in AdminQuestion]: (answers: readonly AdminFacts[Q][]) => AdminFacts[Q] } = {
  ready: (answers) => answers.every((ready) => ready),
  stats: mergedStats,
  clusters: mergedClusters,
  metrics: ([first, ...others]) => ({
    contentType: first!.contentType,
    body: mergedMetrics([first!, ...others].map(({ body }) => body)),
  }),
  document: ([first]) => first!,
  faults: mergedFaults,
  tap: mergedTaps,
  drain: () => true,
}

/** Names of what all workers share: their counts are no parts of a sum. */
const shared = /\.(port|endpoints|ejected|unhealthy|draining)$/

function mergedStats(answers: readonly AdminFacts['stats'][]): AdminFacts['stats'] {
  const merged: Record<string, number> = { 'server.workers': answers.length }
  for (const stats of answers) {
    for (const [name, value] of Object.entries(stats)) {
      const before = merged[name]
      if (before === undefined) merged[name] = value
      else if (name === 'server.ready') merged[name] = Math.min(before, value)
      else merged[name] = shared.test(name) ? Math.max(before, value) : before + value
    }
  }
  return merged
}

function mergedClusters(answers: readonly AdminFacts['clusters'][]): readonly ClusterStand[] {
  const merged = new Map<string, Map<string, EndpointStand>>()
  for (const { name, endpoints } of answers.flat()) {
    const cluster = merged.get(name) ?? new Map<string, EndpointStand>()
    merged.set(name, cluster)
    for (const endpoint of endpoints) {
      const before = cluster.get(endpoint.address)
      cluster.set(endpoint.address, before === undefined ? endpoint : together(before, endpoint))
    }
  }
  return Array.from(merged, ([name, endpoints]) => ({ name, endpoints: [...endpoints.values()] }))
}

/** Ejected, or found unhealthy, by one is told: each judges by what it has seen. */
function together(one: EndpointStand, other: EndpointStand): EndpointStand {
  return {
    address: one.address,
    active: one.active + other.active,
    connections: one.connections + other.connections,
    pending: one.pending + other.pending,
    ejected: one.ejected || other.ejected,
    healthy: one.healthy && other.healthy,
  }
}
