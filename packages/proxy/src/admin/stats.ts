import type { AdminSubject } from './admin-subject.js'
import { clusterStands, type ClusterStand } from './clusters.js'

/** Counts by name, such as `listener.gateway.connections`. */
export function statsOf({ ready, listeners, pool, telemetry }: AdminSubject): Record<string, number> {
  const stats = new Map<string, number>([
    ['server.ready', Number(ready)],
    ['requests.answered', telemetry.registry.total('watertight_server_requests_total')],
    ['requests.sent', telemetry.registry.total('watertight_client_requests_total')],
  ])
  for (const [name, { port, connectionCount, isDraining }] of listeners) {
    stats.set(`listener.${name}.port`, port)
    stats.set(`listener.${name}.connections`, connectionCount)
    stats.set(`listener.${name}.draining`, Number(isDraining))
  }
  for (const { name, observations } of pool.destinations) {
    for (const [what, count] of Object.entries(observations ?? {}))
      stats.set(`destination.${name}.would_have.${what}`, count)
  }
  for (const stand of clusterStands(pool.destinations)) addCluster(stats, stand)
  return Object.fromEntries(stats)
}

function addCluster(stats: Map<string, number>, { name, endpoints }: ClusterStand): void {
  const prefix = `destination.${name}`
  stats.set(`${prefix}.endpoints`, endpoints.length)
  stats.set(`${prefix}.ejected`, endpoints.filter(({ ejected }) => ejected).length)
  stats.set(`${prefix}.unhealthy`, endpoints.filter(({ healthy }) => !healthy).length)
  for (const key of ['active', 'connections', 'pending'] as const) {
    stats.set(
      `${prefix}.${key}`,
      endpoints.reduce((sum, endpoint) => sum + endpoint[key], 0),
    )
  }
}
