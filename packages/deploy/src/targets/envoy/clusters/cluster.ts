import type { AnswerCondition, PolicyModel } from '@watertight/manifest'
import { someMatchesStatus } from '@watertight/manifest/words'
import type { Upstream } from './upstream.js'
import { type Json, seconds, typed } from '../json.js'
import { balance } from './balance.js'
import { circuitBreakers } from './circuit-breakers.js'
import { outlierDetection } from './outlier-detection.js'

/** For `timeout: off`: the platform gives up a connection long before that. */
const CONNECT_MS_MAX = 300_000

/** Where a file of the folder is, as Envoy is to open it. */
export type PathOf = (file: string) => Json

/** The endpoints of a service under a policy. Undefined: nothing is enforced there. */
export function cluster(
  { name, endpoints, protocol, tls }: Upstream,
  policy: PolicyModel | undefined,
  sourceOf: PathOf,
): Json {
  return typed('envoy.config.cluster.v3.Cluster', {
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: sourceOf(`endpoints/${name}.json`) },
    connect_timeout: seconds(policy?.timeout?.connectMs ?? CONNECT_MS_MAX),
    ...balance(policy?.balance ?? 'round-robin', endpoints.length, policy?.retry !== undefined),
    circuit_breakers: circuitBreakers(policy),
    common_lb_config: {
      healthy_panic_threshold: { value: (policy?.ejection?.panic ?? 0) * 100 },
      // An endpoint that is ejected gets no call more, where Envoy would wait up to a second to tell its workers.
      update_merge_window: '0s',
    },
    ...(policy?.ejection === undefined
      ? {}
      : { outlier_detection: outlierDetection(policy.ejection, endpoints.length) }),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          explicit_http_config:
            protocol === 'h2' ? { http2_protocol_options: {} } : { http_protocol_options: HTTP1 },
          ...(policy?.ejection === undefined ? {} : errorMatcher(policy.answers)),
        },
      ),
    },
    ...(tls === undefined ? {} : { transport_socket: tls }),
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
