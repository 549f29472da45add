import { destinationOf } from '../metrics/read-envoy.js'
import type { EndpointStand } from '../model/service-panel.js'

/** An endpoint as one proxy sees it. */
export type SeenEndpoint = Omit<EndpointStand, 'seenBy' | 'to'>

export interface SeenCluster {
  readonly name: string
  readonly endpoints: readonly SeenEndpoint[]
}

/** What the admin page of an Envoy tells by `GET /clusters?format=json`, as far as it is of interest here. */
export interface EnvoyClusters {
  readonly cluster_statuses?: readonly {
    readonly name: string
    readonly host_statuses?: readonly {
      readonly address?: {
        readonly socket_address?: { readonly address: string; readonly port_value: number }
      }
      readonly stats?: readonly { readonly name: string; readonly value?: string }[]
      readonly health_status?: {
        readonly eds_health_status?: string
        readonly failed_active_health_check?: boolean
        readonly failed_outlier_check?: boolean
      }
    }[]
  }[]
}

/** The endpoints of an Envoy by the names of the document. It has one queue for a cluster, and none for an endpoint. */
export function envoyClusters({ cluster_statuses: clusters = [] }: EnvoyClusters): readonly SeenCluster[] {
  return clusters.flatMap(({ name, host_statuses: hosts = [] }) => {
    const to = destinationOf(name)
    return to === undefined ? [] : [{ name: to, endpoints: hosts.map(endpointOf) }]
  })
}

type Host = NonNullable<NonNullable<EnvoyClusters['cluster_statuses']>[number]['host_statuses']>[number]

function endpointOf({ address, stats = [], health_status: health = {} }: Host): SeenEndpoint {
  const { address: host = 'unknown', port_value: port = 0 } = address?.socket_address ?? {}
  // A number that is 0 is left out.
  const stat = (wanted: string): number => Number(stats.find(({ name }) => name === wanted)?.value ?? 0)
  const ejected = health.failed_outlier_check === true
  return {
    address: `${host}:${port}`,
    active: stat('rq_active'),
    connections: stat('cx_active'),
    pending: null,
    ejected,
    healthy:
      !ejected && health.failed_active_health_check !== true && health.eds_health_status !== 'UNHEALTHY',
  }
}
