import { addedBuckets, type LatencyBuckets, separateBuckets } from './latency-buckets.js'
import type { Sample } from './prometheus-text.js'
import type { CallTotals, ServerTotals, Totals } from './totals.js'

const CLUSTER = 'envoy_cluster_name'
const LISTENER = 'envoy_http_conn_manager_prefix'
const CLASS = 'envoy_response_code_class'
const GATEWAY = 'gateway'
const SECOND_MS = 1_000

const REFUSALS = ['envoy_cluster_upstream_rq_pending_overflow', 'envoy_cluster_upstream_rq_active_overflow']
const TIMEOUTS = ['envoy_cluster_upstream_rq_timeout', 'envoy_cluster_upstream_rq_per_try_timeout']

/** What of an Envoy's own metrics the console makes something of: https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats */
export const envoyMetrics: readonly string[] = [
  'envoy_http_downstream_rq_xx',
  'envoy_http_downstream_rq_time_bucket',
  'envoy_http_downstream_rq_active',
  'envoy_cluster_upstream_rq_xx',
  'envoy_cluster_upstream_rq_time_bucket',
  'envoy_cluster_upstream_rq_retry',
  'envoy_cluster_upstream_rq_active',
  'envoy_cluster_upstream_rq_pending_active',
  'envoy_cluster_outlier_detection_ejections_enforced_total',
  'envoy_cluster_outlier_detection_ejections_active',
  ...REFUSALS,
  ...TIMEOUTS,
]

/** What an Envoy counts nowhere, for people. */
export const ENVOY_TELLS_NOT: string =
  'measured by Envoy: it ejects endpoints that fail and has no circuit breaker that opens, keeps no retry budget that it tells, and ' +
  'counts neither fallbacks nor hedges'

/**
 * What a gateway that is an Envoy has counted, by its own metrics. The names of its clusters are those that `watertight compile`
 * gives them; another Envoy has no listener of that name, and says nothing here.
 */
export function readEnvoy(samples: readonly Sample[]): Totals {
  const own = samples.filter(({ labels }) => labels[LISTENER] === GATEWAY)
  if (own.length === 0) return { servers: new Map(), calls: new Map() }
  const clusters = new Map<string, Sample[]>()
  for (const sample of samples) {
    const to = destinationOf(sample.labels[CLUSTER] ?? '')
    if (to !== undefined) clusters.set(to, [...(clusters.get(to) ?? []), sample])
  }
  return {
    servers: new Map([[GATEWAY, serverTotals(own)]]),
    calls: new Map([...clusters].map(([to, group]) => [`${GATEWAY}>${to}`, callTotals(to, group)])),
  }
}

/** `order` of `order-1`, the first route of the gateway, and `order@canary` of `order-1-canary`. */
export function destinationOf(cluster: string): string | undefined {
  const [, to, version] = /^(.+)-\d+(?:-([a-z][a-z0-9-]*))?$/.exec(cluster) ?? []
  if (to === undefined) return undefined
  return version === undefined ? to : `${to}@${version}`
}

function serverTotals(samples: readonly Sample[]): ServerTotals {
  return {
    service: GATEWAY,
    ...ended(samples, 'envoy_http_downstream_rq_xx'),
    durations: durationsOf(samples, 'envoy_http_downstream_rq_time_bucket'),
    inFlight: sum(samples, 'envoy_http_downstream_rq_active'),
    queued: null,
    limit: null,
    pressures: new Map(),
    objectives: new Map(),
  }
}

/** Its codes are those that its caller got: what was tried again is counted apart. */
function callTotals(to: string, samples: readonly Sample[]): CallTotals {
  const { answered, failed } = ended(samples, 'envoy_cluster_upstream_rq_xx')
  const all = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (sum(samples, name) ?? 0), 0)
  return {
    from: GATEWAY,
    to,
    ended: answered,
    failed,
    durations: durationsOf(samples, 'envoy_cluster_upstream_rq_time_bucket'),
    retries: all(['envoy_cluster_upstream_rq_retry']),
    refusals: all(REFUSALS),
    fallbacks: 0,
    timeouts: all(TIMEOUTS),
    hedges: 0,
    ejections: all(['envoy_cluster_outlier_detection_ejections_enforced_total']),
    breaker: null,
    transitions: new Map(),
    budgetRemaining: null,
    running: sum(samples, 'envoy_cluster_upstream_rq_active'),
    queued: sum(samples, 'envoy_cluster_upstream_rq_pending_active'),
    ejected: sum(samples, 'envoy_cluster_outlier_detection_ejections_active'),
    notTold: ENVOY_TELLS_NOT,
  }
}

/** Callers that gave up have no code, and count for nothing. */
function ended(samples: readonly Sample[], name: string): { answered: number; failed: number } {
  const classes = samples.filter((sample) => sample.name === name)
  const failed = classes.filter(({ labels }) => labels[CLASS] === '5')
  const total = (some: readonly Sample[]): number => some.reduce((all, { value }) => all + value, 0)
  return { answered: total(classes), failed: total(failed) }
}

function sum(samples: readonly Sample[], name: string): number | null {
  const found = samples.filter((sample) => sample.name === name)
  return found.length === 0 ? null : found.reduce((all, { value }) => all + value, 0)
}

/** Envoy's are in milliseconds. */
function durationsOf(samples: readonly Sample[], name: string): LatencyBuckets {
  const series = new Map<string, Map<number, number>>()
  for (const { name: found, labels, value } of samples) {
    if (found !== name) continue
    const key = labels[CLUSTER] ?? ''
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']) / SECOND_MS
    series.set(key, (series.get(key) ?? new Map<number, number>()).set(bound, value))
  }
  return addedBuckets([...series.values()].map(separateBuckets))
}
