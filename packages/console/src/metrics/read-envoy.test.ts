import { expect, test } from 'vitest'
import { quantileMs } from './latency-buckets.js'
import { readPrometheusText } from './prometheus-text.js'
import { ENVOY_TELLS_NOT } from './read-envoy.js'
import { isWanted, readTotals } from './read-totals.js'

/** As an Envoy 1.40 writes it, shortened. */
const PAGE = `# TYPE envoy_cluster_upstream_rq_xx counter
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="order-1-stable"} 90
envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="order-1-stable"} 10
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="order-1-canary"} 5
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="tax-2"} 1
envoy_cluster_upstream_rq_retry{envoy_cluster_name="order-1-stable"} 4
envoy_cluster_upstream_rq_pending_overflow{envoy_cluster_name="order-1-stable"} 2
envoy_cluster_upstream_rq_active_overflow{envoy_cluster_name="order-1-stable"} 1
envoy_cluster_upstream_rq_timeout{envoy_cluster_name="order-1-stable"} 3
envoy_cluster_upstream_rq_per_try_timeout{envoy_cluster_name="order-1-stable"} 6
envoy_cluster_outlier_detection_ejections_active{envoy_cluster_name="order-1-stable"} 1
envoy_cluster_upstream_rq_active{envoy_cluster_name="order-1-stable"} 7
envoy_cluster_upstream_rq_pending_active{envoy_cluster_name="order-1-stable"} 8
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="order-1-stable",le="50"} 60
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="order-1-stable",le="100"} 100
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="order-1-stable",le="+Inf"} 100
envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="admin"} 42
envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="gateway"} 95
envoy_http_downstream_rq_xx{envoy_response_code_class="4",envoy_http_conn_manager_prefix="gateway"} 3
envoy_http_downstream_rq_xx{envoy_response_code_class="5",envoy_http_conn_manager_prefix="gateway"} 12
envoy_http_downstream_rq_active{envoy_http_conn_manager_prefix="gateway"} 9
`

const read = (page: string) => readTotals(readPrometheusText(page, isWanted))

test('a gateway that is an Envoy is read by its own metrics: requests, failures, latency, retries, refusals and ejections', () => {
  const { servers, calls } = read(PAGE)
  expect([...servers.keys()]).toEqual(['gateway'])
  expect(servers.get('gateway')).toMatchObject({ answered: 110, failed: 12, inFlight: 9 })
  expect([...calls.keys()]).toEqual(['gateway>order@stable', 'gateway>order@canary', 'gateway>tax'])
  const order = calls.get('gateway>order@stable')
  expect(order).toMatchObject({ ended: 100, failed: 10, retries: 4, refusals: 3, timeouts: 9 })
  expect(order).toMatchObject({ ejected: 1, running: 7, queued: 8 })
  expect(quantileMs(order?.durations ?? new Map(), 0.5)).toBeCloseTo(41.7, 1)
})

test('what an Envoy counts nowhere is not said to be 0', () => {
  const order = read(PAGE).calls.get('gateway>order@stable')
  expect(order).toMatchObject({ breaker: null, budgetRemaining: null, notTold: ENVOY_TELLS_NOT })
  expect(read(PAGE).calls.get('gateway>order@canary')).toMatchObject({ ejected: null, running: null })
})

test('an Envoy that is no gateway of ours says nothing, since nobody knows what its clusters are', () => {
  const { servers, calls } = read(PAGE.replaceAll('"gateway"', '"ingress_http"'))
  expect([...servers.keys(), ...calls.keys()]).toEqual([])
})
