import type { ProxyWork } from './proxy-work.js'

type Labels = Readonly<Record<string, string>>
type Sum = (name: string, labels?: Labels) => number

/** What stands where a breaker would: an Envoy ejects endpoints that fail, and has no breaker that opens. */
export const BY_ENVOY = 'by envoy'

/** The same of a gateway that is an Envoy, from its own metrics; nothing where it is none. */
export function envoyFigures(clusters: ReadonlySet<string>, sum: Sum): ProxyWork | undefined {
  if (clusters.size === 0) return undefined
  // Its collector of traces is no service: those of routes have a number.
  const edges = [...clusters]
    .filter((cluster) => /-\d+(-|$)/.test(cluster))
    .map((cluster) => {
      const of = { envoy_cluster_name: cluster }
      const calls = sum('envoy_cluster_upstream_rq_xx', of)
      return {
        // As `watertight compile` names the cluster of the first route: `order-1-canary`.
        to: cluster.replace(/-\d+(?=-[a-z]|$)-?/, '@').replace(/@$/, ''),
        breaker: BY_ENVOY,
        calls,
        failures: sum('envoy_cluster_upstream_rq_xx', { ...of, envoy_response_code_class: '5' }),
        retries: sum('envoy_cluster_upstream_rq_retry', of),
        refusedByBreaker: 0,
        refusedOtherwise:
          sum('envoy_cluster_upstream_rq_pending_overflow', of) +
          sum('envoy_cluster_upstream_rq_active_overflow', of),
        fallbacks: 0,
        durations: { count: calls, ms: sum('envoy_cluster_upstream_rq_time_sum', of) },
      }
    })
  const behind = {
    count: edges.reduce((all, { calls }) => all + calls, 0),
    ms: edges.reduce((all, { durations }) => all + durations.ms, 0),
  }
  const passedMs = sum('envoy_http_downstream_rq_time_sum', { envoy_http_conn_manager_prefix: 'gateway' })
  return { own: { count: behind.count, ms: Math.max(0, passedMs - behind.ms) }, behind, edges }
}
