/** Our own document with the same features, and a circuit breaker, which Envoy has none of; `plain` with none of them. */
export const watertightManifest = ({
  port,
  upstream,
  plain = false,
  certificates,
  speaksHttp2 = false,
}) => `watertight: v1
system: benchmark
${certificates === undefined ? '' : 'mutualTls: true'}
policies:
  standard:
    timeout: { connect: 1s, attempt: 1s, total: 3s }
    retry: { attempts: 3, on: [5xx, connect-failure, refused-stream, reset], backoff: { initial: 100ms, max: 3s }, budget: { ratio: 20%, minimum: 3 } }
    breaker: { window: { calls: 100 }, failureRate: 50%, openFor: 30s, halfOpenCalls: 5 }
    bulkhead: { concurrency: 1024, queue: 1024, maxWait: 1s, connections: 1024, pending: 1024 }
    ejection: { consecutiveFailures: 5, interval: 10s, baseEjection: 30s, maxEjected: 50% }
    balance: least-request
  none: { timeout: off, retry: off }
services:
  service: { port: ${upstream}${speaksHttp2 ? ', protocol: h2' : ''} }
gateway:
  listen: { port: ${port} }
  routes:
    - { match: { path: / }, to: service, policy: ${plain ? 'none' : 'standard'} }
`
