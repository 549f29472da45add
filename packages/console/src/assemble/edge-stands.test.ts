import { readManifest, type SystemModel } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { readPrometheusText } from '../metrics/prometheus-text.js'
import { isWanted, readTotals } from '../metrics/read-totals.js'
import { TotalsWindow } from '../metrics/totals-window.js'
import type { MeasuredPage } from '../sources/metrics-page.js'
import { edgeStands } from './edge-stands.js'

const { system } = readManifest(
  `watertight: v1
system: shop
services: { order: { versions: { stable: { port: 7001 }, canary: { port: 7002 } } } }
gateway:
  listen: { port: 8080 }
  routes: [{ match: { path: /orders }, to: order, split: { stable: 95, canary: 5 } }]
`,
  'watertight.yaml',
)

const counted = (version: string, calls: number): string =>
  `watertight_client_requests_total{service="gateway",destination="order@${version}",outcome="success"} ${calls}`

const ours = (stable: number, canary: number): string =>
  [counted('stable', stable), counted('canary', canary)].join('\n')

const envoys = (stable: number, canary: number): string =>
  `envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="gateway"} 1
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="order-1-stable"} ${stable}
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="order-1-canary"} ${canary}`

test.each([
  ['ours', ours],
  ['an Envoy', envoys],
])(
  'calls that the gateway, %s, splits between versions are shown together, beside those to each',
  (_whose, page) => {
    const window = new TotalsWindow(10_000)
    const totals = (text: string) => readTotals(readPrometheusText(text, isWanted))
    window.add(0, totals(page(0, 0)))
    window.add(10_000, totals(page(90, 10)))
    const source = { told: { known: true }, stand: { name: 'metrics of gateway' } }
    const pages = [{ owner: 'gateway', service: 'gateway', url: 'http://gateway', window, source }]
    const stands = edgeStands({
      model: system?.model as SystemModel,
      pages: pages as unknown as readonly MeasuredPage[],
    } as Parameters<typeof edgeStands>[0])
    const rates = stands.map(({ id, signals }) => [
      id,
      signals.known ? signals.value.ratePerSecond : signals.reason,
    ])
    expect(Object.fromEntries(rates)).toEqual({
      'gateway>order': 10,
      'gateway>order@stable': 9,
      'gateway>order@canary': 1,
    })
  },
)
