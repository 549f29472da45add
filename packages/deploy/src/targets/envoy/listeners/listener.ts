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
  /** Its filters for HTTP before the last one, which sends requests on. */
  readonly filters: readonly Json[]
  /** What else is to be known about its connections and requests. */
  readonly manager: Json
}

/**
 * A listener, whose routes are in a file of their own: a listener that changes closes the connections of its callers in
 * the end, and a change of policy must not.
 */
export function listener(options: ListenerOptions, sourceOf: PathOf): Json {
  const { name, address, tls } = options
  return listening(
    name,
    address,
    {
      name: 'envoy.filters.network.http_connection_manager',
      typed_config: connectionManager(options, sourceOf),
    },
    tls,
  )
}

/** A listener for what is no HTTP: connections are passed on as they are. */
export function tcpListener(name: string, address: Address, cluster: string): Json {
  return listening(name, address, {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      stat_prefix: name,
      cluster,
      idle_timeout: '0s',
    }),
  })
}

function listening(name: string, address: Address, filter: Json, tls?: Json): Json {
  return typed('envoy.config.listener.v3.Listener', {
    name,
    address: { socket_address: { address: address.host, port_value: address.port } },
    filter_chains: [{ filters: [filter], ...(tls === undefined ? {} : { transport_socket: tls }) }],
  })
}

function connectionManager({ name, filters, manager }: ListenerOptions, sourceOf: PathOf): Json {
  return typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: name,
    codec_type: 'AUTO',
    rds: { route_config_name: name, config_source: sourceOf(`routes/${name}.json`) },
    http_filters: [...filters, httpFilter('envoy.filters.http.router', `${FILTERS}.router.v3.Router`)],
    use_remote_address: true,
    generate_request_id: true,
    preserve_external_request_id: true,
    server_header_transformation: 'PASS_THROUGH',
    // Each route says how long a stream may be silent; this is the limit until a route is found.
    stream_idle_timeout: seconds(300_000),
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    access_log: accessLog,
    ...manager,
  })
}

const FILTERS = 'envoy.extensions.filters.http'

/** The filters that every listener has: what they do stands in its routes, so that it changes without the listener. */
export const rateLimiting: Json = httpFilter(
  RATE_LIMIT_FILTER,
  `${FILTERS}.local_ratelimit.v3.LocalRateLimit`,
  {
    stat_prefix: 'rate_limit',
  },
)

/** For fixed answers. Envoy calls it work in progress: nobody has it who does not ask for it. */
export const fixedAnswers: Json = httpFilter(FALLBACK_FILTER, `${FILTERS}.custom_response.v3.CustomResponse`)

export function httpFilter(name: string, type: string, fields: Json = {}): Json {
  return { name, typed_config: typed(type, fields) }
}
