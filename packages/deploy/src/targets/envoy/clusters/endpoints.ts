import { type Json, typed } from '../json.js'
import type { Upstream } from './upstream.js'

/** The endpoints of a cluster, in a file of their own, so that they change without the cluster. */
export function endpoints({ name, addresses }: Upstream): Json {
  return {
    cluster_name: name,
    endpoints: [
      {
        lb_endpoints: addresses.map(({ host, port }) => ({
          endpoint: { address: { socket_address: { address: host, port_value: port } } },
        })),
      },
    ],
  }
}

/** The same as a file has it. */
export function endpointsResource(upstream: Upstream): Json {
  return typed('envoy.config.endpoint.v3.ClusterLoadAssignment', endpoints(upstream))
}
