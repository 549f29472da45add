// What each program is told: one core, keep-alive both ways, and for the proxies with policies the same ones.

/** The upstream: nginx, which answers a small JSON body from memory. */
export const upstreamConfiguration = (folder, port) => `
worker_processes 1; daemon off; pid ${folder}/upstream.pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off; ${temporary(folder, 'u')}
  keepalive_requests 1000000000; keepalive_timeout 3600s;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { default_type application/json; return 200 '{"id":42,"status":"paid","amount":1999,"currency":"EUR"}'; }
  }
}`

/** nginx as a proxy, with its access log on. */
export const nginxConfiguration = (folder, port, upstream) => `
worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log /dev/null combined buffer=64k; ${temporary(folder, 'p')}
  keepalive_requests 1000000000; keepalive_timeout 3600s;
  upstream service { server 127.0.0.1:${upstream}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream error timeout http_503; }
  }
}`

const temporary = (folder, name) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${name}-${kind};`)
    .join(' ')

export const haproxyConfiguration = (_folder, port, upstream) => `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  retries 2
  retry-on conn-failure empty-response 503
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend service
backend service
  server one 127.0.0.1:${upstream} maxconn 1024
`

/** The features that ours has on: retries with a budget, limits, outlier detection, timeouts, statistics, access log. */
export const envoyConfiguration = (_folder, port, upstream) =>
  JSON.stringify({
    static_resources: {
      listeners: [
        {
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [{ filters: [connectionManager()] }],
        },
      ],
      clusters: [cluster(upstream)],
    },
  })

const typed = (type, value) => ({ '@type': `type.googleapis.com/${type}`, ...value })

function connectionManager() {
  const log = { path: '/dev/null' }
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      stat_prefix: 'in',
      access_log: [
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
      route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route()] }] },
    }),
  }
}

function route() {
  return {
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
}

function cluster(upstream) {
  return {
    name: 'service',
    type: 'STATIC',
    connect_timeout: '1s',
    lb_policy: 'LEAST_REQUEST',
    circuit_breakers: {
      thresholds: [
        {
          max_connections: 1024,
          max_pending_requests: 1024,
          max_requests: 1024,
          retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 },
        },
      ],
    },
    outlier_detection: { consecutive_5xx: 5, interval: '10s', base_ejection_time: '30s' },
    load_assignment: {
      cluster_name: 'service',
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: { socket_address: { address: '127.0.0.1', port_value: upstream } },
              },
            },
          ],
        },
      ],
    },
  }
}

/** The same by our own document, and a circuit breaker, which Envoy has none of. */
export const watertightManifest = (_folder, port, upstream) => `watertight: v1
system: benchmark
policies:
  standard:
    timeout: { connect: 1s, attempt: 1s, total: 3s }
    retry: { attempts: 3, on: [5xx, connect-failure, refused-stream, reset], backoff: { initial: 100ms, max: 3s }, budget: { ratio: 20%, minimum: 3 } }
    breaker: { window: { calls: 100 }, failureRate: 50%, openFor: 30s, halfOpenCalls: 5 }
    bulkhead: { concurrency: 1024, queue: 1024, maxWait: 1s, connections: 1024, pending: 1024 }
    ejection: { consecutiveFailures: 5, interval: 10s, baseEjection: 30s, maxEjected: 50% }
    balance: least-request
services:
  service: { port: ${upstream} }
gateway:
  listen: { port: ${port} }
  routes:
    - { match: { path: / }, to: service, policy: standard }
`
