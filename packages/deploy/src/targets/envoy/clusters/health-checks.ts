import { type Json, seconds } from '../json.js'
import type { Upstream } from './upstream.js'

/** How each endpoint is asked whether it takes requests, where the document says by which path. */
export function healthChecks({ service, protocol }: Upstream): Json {
  const { ready, probing } = service
  if (ready === undefined) return {}
  const { intervalMs, unhealthy, healthy } = probing
  return {
    health_checks: [
      {
        timeout: seconds(intervalMs),
        interval: seconds(intervalMs),
        // Envoy would ask once a minute where there are no requests.
        no_traffic_interval: seconds(intervalMs),
        no_traffic_healthy_interval: seconds(intervalMs),
        unhealthy_threshold: unhealthy,
        healthy_threshold: healthy,
        http_health_check: {
          path: ready.path,
          host: service.name,
          codec_client_type: protocol === 'h2' ? 'HTTP2' : 'HTTP1',
        },
      },
    ],
  }
}
