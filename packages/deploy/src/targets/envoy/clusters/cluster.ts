import type { AnswerCondition, PolicyModel } from '@watertight/manifest'
import { someMatchesStatus } from '@watertight/manifest/words'
import type { Upstream } from './upstream.js'
import { type Json, seconds, typed } from '../json.js'
import { balance } from './balance.js'
import { circuitBreakers } from './circuit-breakers.js'
import { endpoints } from './endpoints.js'
import { healthChecks } from './health-checks.js'
import { outlierDetection } from './outlier-detection.js'

/** For `timeout: off`: the platform gives up a connection long before that. */
const CONNECT_MS_MAX = 300_000

/** Where a file of the folder is, as Envoy is to open it. */
export type PathOf = (file: string) => Json

/** The endpoints of a service under a policy. Undefined: nothing is enforced there. */
export function cluster(
  upstream: Upstream,
  policy: PolicyModel | undefined,
  { sourceOf, tls }: { readonly sourceOf: PathOf; readonly tls: Json | undefined },
): Json {
  const { name, addresses, isNamed, service } = upstream
  return typed('envoy.config.cluster.v3.Cluster', {
    name,
    ...(isNamed ? lookedUp(upstream) : fromFile(name, sourceOf)),
    connect_timeout: seconds(policy?.timeout?.connectMs ?? CONNECT_MS_MAX),
    ...balance(policy, addresses.length),
    circuit_breakers: circuitBreakers(policy, service.connections.max),
    common_lb_config: {
      healthy_panic_threshold: { value: (policy?.ejection?.panic ?? 0) * 100 },
      // An endpoint that is ejected gets no call more, where Envoy would wait up to a second to tell its workers.
      update_merge_window: '0s',
    },
    ...(policy?.ejection === undefined
      ? {}
      : { outlier_detection: outlierDetection(policy.ejection, addresses.length) }),
    ...healthChecks(upstream),
    typed_extension_protocol_options: { [HTTP_OPTIONS]: httpOptions(upstream, policy) },
    ...(tls === undefined ? {} : { transport_socket: tls }),
  })
}

function fromFile(name: string, sourceOf: PathOf): Json {
  return {
    type: 'EDS',
    eds_cluster_config: { eds_config: sourceOf(`endpoints/${name}.json`) },
    // What has left the document gets no calls more, though it still passes its health checks.
    ignore_health_on_host_removal: true,
  }
}

function lookedUp(upstream: Upstream): Json {
  return { type: 'STRICT_DNS', dns_lookup_family: 'ALL', load_assignment: endpoints(upstream) }
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

function httpOptions({ protocol, service }: Upstream, policy: PolicyModel | undefined): Json {
  return typed(HTTP_OPTIONS, {
    common_http_protocol_options: { idle_timeout: seconds(service.connections.idleMs) },
    explicit_http_config:
      protocol === 'h2' ? { http2_protocol_options: {} } : { http_protocol_options: HTTP1 },
    ...(policy?.ejection === undefined ? {} : errorMatcher(policy.answers)),
  })
}

const HTTP1: Json = { enable_trailers: true }

/** Statuses that the document calls answers speak against no endpoint. */
function errorMatcher(answers: readonly AnswerCondition[]): Json {
  if (answers.length === 0) return {}
  const failures = Array.from({ length: 100 }, (_, index) => 500 + index).filter(
    (status) => !someMatchesStatus(answers, status),
  )
  const regex = failures.length === 0 ? 'none' : failures.join('|')
  return {
    outlier_detection: {
      error_matcher: {
        http_response_headers_match: {
          headers: [{ name: ':status', string_match: { safe_regex: { regex } } }],
        },
      },
    },
  }
}
