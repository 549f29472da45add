import type { SystemModel } from '@watertight/manifest'
import type { DeployReport } from '../../../report/deploy-report.js'
import { upstreamTls } from '../clusters/upstream-tls.js'
import { type Json, seconds, typed } from '../json.js'

/** Where the spans of an Envoy go. */
export interface TracesOptions {
  /** Where a collector takes them by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string
  /** Under which name. Default `gateway`, or the service of the sidecar. */
  readonly service?: string | undefined
  /** Which share of the requests that come without a trace is traced, from 0 to 1. Default 1. */
  readonly share?: number | undefined
}

/** No service has this name: an underscore stands in none. */
const CLUSTER = 'traces_collector'
const CONNECT_MS = 1_000
const SEND_MS = 5_000

/**
 * What a connection manager is to know: a span for each request, and one below it for each try. A request that brings a trace is
 * traced if that trace is.
 */
export function tracing({ url, service, share = 1 }: TracesOptions & { readonly service: string }): Json {
  return {
    tracing: {
      random_sampling: { value: share * 100 },
      spawn_upstream_span: true,
      operation: '%REQ(:METHOD)%',
      upstream_operation: '%REQ(:METHOD)%',
      // Of Envoy's own http.url, which would have the query: what stands there is for nobody who reads traces.
      max_path_tag_length: 0,
      custom_tags: TAGS.map(([tag, value]) => ({ tag, value })),
      provider: {
        name: 'envoy.tracers.opentelemetry',
        typed_config: typed('envoy.config.trace.v3.OpenTelemetryConfig', {
          http_service: { http_uri: { uri: url, cluster: CLUSTER, timeout: seconds(SEND_MS) } },
          service_name: service,
        }),
      },
    },
    // An id that a caller has sent is an idempotency key to some: Envoy would write into it whether it is traced.
    request_id_extension: {
      typed_config: typed('envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig', {
        pack_trace_reason: false,
        use_request_id_for_trace_sampling: false,
      }),
    },
  }
}

/** By the names of OpenTelemetry's conventions, beside those of Envoy's own. The status of a try is in its own `http.status_code` alone. */
const TAGS: readonly (readonly [tag: string, value: string])[] = [
  ['http.request.method', '%REQ(:METHOD)%'],
  ['url.path', '%PATH(NQ:ORIG_OR_PATH)%'],
]

/** The collector as Envoy calls it. */
export function tracesCluster({ url }: TracesOptions): Json {
  const { protocol, hostname, port } = new URL(url)
  const isTls = protocol === 'https:'
  const address = hostname.replace(/^\[|\]$/g, '')
  const port_value = port === '' ? (isTls ? 443 : 80) : Number(port)
  return typed('envoy.config.cluster.v3.Cluster', {
    name: CLUSTER,
    type: 'STRICT_DNS',
    dns_lookup_family: 'ALL',
    connect_timeout: seconds(CONNECT_MS),
    load_assignment: {
      cluster_name: CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value } } } }] }],
    },
    ...(isTls ? { transport_socket: upstreamTls(undefined, 'http1', true) } : {}),
  })
}

/** Reports what is not told in a trace, or that nothing is. */
export function reportTraces(
  { monitoring }: SystemModel,
  traces: TracesOptions | undefined,
  report: DeployReport,
): void {
  const at = { path: ['monitoring', 'traces'], key: 'monitoring.traces' } as const
  if (traces !== undefined) {
    report.add({
      ...at,
      effect: 'differs',
      reason:
        'a span of Envoy is a request or a try, named by its method alone: none is the call that tries belong to, and none tells of waits, refusals and fallbacks',
      instead: 'look for them in the metrics, or run watertight proxy',
    })
  } else if (monitoring.traces !== undefined) {
    report.add({
      ...at,
      effect: 'missing',
      reason: 'the document does not say where spans are sent to, and Envoy has to know',
      instead:
        'compile with --traces URL; watertight up and watertight proxy are told by OTEL_EXPORTER_OTLP_ENDPOINT',
    })
  }
}
