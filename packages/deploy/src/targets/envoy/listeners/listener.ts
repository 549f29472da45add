import { type Json, seconds, typed } from '../json.js'
import type { Address } from '../clusters/upstream.js'
import type { PathOf } from '../clusters/cluster.js'
import { FALLBACK_FILTER } from '../routes/fallback-filter.js'
import { RATE_LIMIT_FILTER } from '../routes/rate-limits.js'
import { accessLog } from './access-log.js'

export interface ListenerOptions {
  readonly name: string
  readonly address: Address
  readonly tls: Json | undefined
  /** Whose control headers are obeyed, as CIDR. */
  readonly trust: readonly string[]
  /** Whether requests come from outside: who sent them is then told in `x-forwarded-for`. */
  readonly edge: boolean
  /** Whether some of its routes have a fixed answer for what fails. */
  readonly fallback: boolean
}

/**
 * A listener, whose routes are in a file of their own: a listener that changes closes the connections of its callers in
 * the end, and a change of policy must not.
 */
export function listener(options: ListenerOptions, sourceOf: PathOf): Json {
  const { name, address, tls } = options
  return typed('envoy.config.listener.v3.Listener', {
    name,
    address: { socket_address: { address: address.host, port_value: address.port } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager(options, sourceOf),
          },
        ],
        ...(tls === undefined ? {} : { transport_socket: tls }),
      },
    ],
  })
}

function connectionManager({ name, trust, edge, fallback }: ListenerOptions, sourceOf: PathOf): Json {
  return typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: name,
    codec_type: 'AUTO',
    rds: { route_config_name: name, config_source: sourceOf(`routes/${name}.json`) },
    http_filters: [
      filter(RATE_LIMIT_FILTER, 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
        stat_prefix: 'rate_limit',
      }),
      // Envoy calls it work in progress: nobody has it who does not ask for it.
      ...(fallback
        ? [filter(FALLBACK_FILTER, 'envoy.extensions.filters.http.custom_response.v3.CustomResponse', {})]
        : []),
      filter('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router', {}),
    ],
    use_remote_address: true,
    skip_xff_append: !edge,
    internal_address_config: {
      cidr_ranges: trust.map(cidr),
    },
    generate_request_id: true,
    preserve_external_request_id: true,
    server_header_transformation: 'PASS_THROUGH',
    // Each route says how long a stream may be silent; this is the limit until a route is found.
    stream_idle_timeout: seconds(300_000),
    http_protocol_options: { enable_trailers: true },
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    access_log: accessLog,
  })
}

function filter(name: string, type: string, fields: Json): Json {
  return { name, typed_config: typed(type, fields) }
}

function cidr(range: string): Json {
  const [address, length] = range.split('/')
  return { address_prefix: address, prefix_len: Number(length ?? 32) }
}
