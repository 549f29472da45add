/**
 * Envoy with the features that ours has on: retries with a budget, time limits, limits of what is under way, outlier
 * detection, statistics, access log; `plain` with none of them.
 */
export const envoyConfiguration = ({ port, upstream, plain = false, certificates, speaksHttp2 = false }) =>
  JSON.stringify({
    static_resources: {
      listeners: [
        {
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [{ filters: [connectionManager(plain)] }],
        },
      ],
      clusters: [
        {
          ...cluster(upstream, plain, certificates),
          ...(speaksHttp2 ? { typed_extension_protocol_options } : {}),
        },
      ],
    },
  })

const typed = (type, value) => ({ '@type': `type.googleapis.com/${type}`, ...value })

/** It tells HTTP/2 from HTTP/1.1 by how a connection begins, as ours does. */
function connectionManager(plain) {
  const log = { path: '/dev/null' }
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      stat_prefix: 'in',
      access_log: plain
        ? []
        : [
            {
              name: 'log',
              typed_config: typed('envoy.extensions.access_loggers.file.v3.FileAccessLog', log),
            },
          ],
      http_filters: [
        {
          name: 'envoy.filters.http.router',
          typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
        },
      ],
      route_config: {
        virtual_hosts: [{ name: 'all', domains: ['*'], routes: [plain ? plainRoute : route] }],
      },
    }),
  }
}

const plainRoute = { match: { prefix: '/' }, route: { cluster: 'service', timeout: '0s' } }

const route = {
  match: { prefix: '/' },
  route: {
    cluster: 'service',
    timeout: '3s',
    retry_policy: {
      retry_on: '5xx,connect-failure,refused-stream,reset',
      num_retries: 2,
      per_try_timeout: '1s',
      retry_back_off: { base_interval: '0.1s', max_interval: '3s' },
    },
  },
}

/** What Envoy calls circuit breakers are limits. The default ones would refuse what plain is asked to pass on. */
const limits = { max_connections: 1_024, max_pending_requests: 1_024, max_requests: 1_024 }

const typed_extension_protocol_options = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    { explicit_http_config: { http2_protocol_options: {} } },
  ),
}

function cluster(upstream, plain, certificates) {
  const budget = { retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 } }
  const outliers = {
    consecutive_5xx: 5,
    interval: '10s',
    base_ejection_time: '30s',
    max_ejection_percent: 50,
  }
  return {
    name: 'service',
    type: 'STATIC',
    connect_timeout: '1s',
    lb_policy: 'LEAST_REQUEST',
    circuit_breakers: { thresholds: [plain ? limits : { ...limits, ...budget }] },
    ...(plain ? {} : { outlier_detection: outliers }),
    ...(certificates === undefined ? {} : { transport_socket: mutualTls(certificates) }),
    load_assignment: { cluster_name: 'service', endpoints: [{ lb_endpoints: [endpoint(upstream)] }] },
  }
}

const endpoint = (port) => ({
  endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
})

/** Shows the certificate of the gateway, and takes none but that of the service. */
function mutualTls(certificates) {
  const file = (name) => ({ filename: `${certificates}/gateway/${name}.pem` })
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      common_tls_context: {
        tls_certificates: [{ certificate_chain: file('certificate'), private_key: file('key') }],
        validation_context: {
          trusted_ca: file('trust'),
          match_typed_subject_alt_names: [
            { san_type: 'URI', matcher: { exact: 'spiffe://benchmark/service' } },
          ],
        },
      },
    }),
  }
}
