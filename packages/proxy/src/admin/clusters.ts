import type { Destination } from '../upstream/destination.js'

/** How one endpoint stands. */
export interface EndpointStand {
  readonly address: string
  readonly active: number
  readonly connections: number
  readonly pending: number
  readonly ejected: boolean
  /** What its health checks say; without any, `true`. */
  readonly healthy: boolean
}

export interface ClusterStand {
  readonly name: string
  readonly endpoints: readonly EndpointStand[]
}

/** Each destination with its endpoints. Several may call one service by different settings: they are numbered. */
export function clusterStands(destinations: readonly Destination[]): ClusterStand[] {
  const seen = new Map<string, number>()
  return destinations.map(({ name, endpoints }) => {
    const number = (seen.get(name) ?? 0) + 1
    seen.set(name, number)
    return {
      name: number === 1 ? name : `${name}#${number}`,
      endpoints: endpoints.all.map((endpoint) => ({
        address: endpoint.origin,
        active: endpoint.active,
        connections: endpoint.connections,
        pending: endpoint.pending,
        ejected: endpoints.isEjected(endpoint.index),
        healthy: endpoints.isHealthy(endpoint),
      })),
    }
  })
}

/** `order::http://127.0.0.1:7001::active::2` */
export function clustersText(clusters: readonly ClusterStand[]): string {
  const lines = clusters.flatMap(({ name, endpoints }) =>
    endpoints.flatMap(({ address, ...values }) =>
      Object.entries(values).map(([key, value]) => `${name}::${address}::${key}::${value}\n`),
    ),
  )
  return lines.join('')
}

export function clustersJson(clusters: readonly ClusterStand[]): string {
  return `${JSON.stringify({ clusters }, undefined, 2)}\n`
}
