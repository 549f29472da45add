import type { Json } from '@watertight/deploy'
import type { CalleeEndpoint } from '../../src/drivers/driver.js'
import { seconds } from './pilot-route.js'

interface OutlierDetection {
  readonly consecutive5xxErrors?: number
  readonly interval?: string
  readonly baseEjectionTime?: string
  readonly maxEjectionPercent?: number
  readonly minHealthPercent?: number
}

interface TrafficPolicy {
  readonly loadBalancer?: { readonly simple?: string }
  readonly outlierDetection?: OutlierDetection
}

const UNLIMITED = 4_294_967_295

/** A host of the mesh. A limit of `connectionPool` that is 0 is none. */
export function pilotCluster(
  name: string,
  endpoints: readonly CalleeEndpoint[],
  { loadBalancer, outlierDetection }: TrafficPolicy = {},
): Json {
  return {
    '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
    name,
    type: 'STATIC',
    connect_timeout: '10s',
    lb_policy: loadBalancer?.simple ?? 'LEAST_REQUEST',
    circuit_breakers: {
      thresholds: [
        {
          max_retries: UNLIMITED,
          max_requests: UNLIMITED,
          max_connections: UNLIMITED,
          max_pending_requests: UNLIMITED,
        },
      ],
    },
    common_lb_config: { healthy_panic_threshold: { value: outlierDetection?.minHealthPercent ?? 0 } },
    ...(outlierDetection === undefined ? {} : { outlier_detection: ejection(outlierDetection) }),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: endpoints.map(addressOf) }],
    },
  }
}

/** What is not said is left to Envoy: five failures, 10 s, 30 s, a tenth. */
function ejection(given: OutlierDetection): Json {
  const { consecutive5xxErrors, interval, baseEjectionTime, maxEjectionPercent } = given
  return {
    enforcing_consecutive_gateway_failure: 0,
    enforcing_success_rate: 0,
    enforcing_consecutive_5xx: 100,
    ...(consecutive5xxErrors === undefined ? {} : { consecutive_5xx: consecutive5xxErrors }),
    ...(interval === undefined ? {} : { interval: seconds(interval) }),
    ...(baseEjectionTime === undefined ? {} : { base_ejection_time: seconds(baseEjectionTime) }),
    ...(maxEjectionPercent === undefined ? {} : { max_ejection_percent: maxEjectionPercent }),
  }
}

function addressOf({ origin }: CalleeEndpoint): Json {
  const { hostname, port } = new URL(origin)
  return { endpoint: { address: { socket_address: { address: hostname, port_value: Number(port) } } } }
}
