import { join } from 'node:path'
import type { Address } from './clusters/upstream.js'
import type { PathOf } from './clusters/cluster.js'
import { type Json, typed } from './json.js'

export interface BootstrapOptions {
  /** Names the node, for statistics. */
  readonly node: { readonly id: string; readonly cluster: string }
  readonly admin: Address
}

/** What Envoy reads once, when it starts: who it is, and where everything else stands. */
export function bootstrap({ node, admin }: BootstrapOptions, sourceOf: PathOf): Json {
  return {
    node,
    admin: { address: { socket_address: { address: admin.host, port_value: admin.port } } },
    dynamic_resources: { cds_config: sourceOf('clusters.json'), lds_config: sourceOf('listeners.json') },
    overload_manager: { resource_monitors: [CONNECTION_LIMIT] },
  }
}

const LIMIT_TYPE = 'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig'

/** Memory is bounded: connections beyond this are refused. */
const CONNECTION_LIMIT: Json = {
  name: 'envoy.resource_monitors.global_downstream_max_connections',
  typed_config: typed(LIMIT_TYPE, { max_active_downstream_connections: '50000' }),
}

/** The folder below which a version of the files is in force: a link that is moved when they change. */
export const CURRENT = 'current'

/**
 * Files are read through the link, and Envoy looks at the folder in which the link stands: moving the link changes all
 * files at once, where one move each would show Envoy routes without their clusters.
 */
export function sourceIn(root: string): PathOf {
  return (file) => ({
    path_config_source: { path: join(root, CURRENT, file), watched_directory: { path: root } },
    resource_api_version: 'V3',
  })
}
