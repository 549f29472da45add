import { expect, it } from 'vitest'
import { prometheusRules } from './prometheus-rules.js'

const order = { service: 'order', availability: 0.999, latency: { p99Ms: 300 } }

it('records every window and alerts on every pair of them', () => {
  const text = prometheusRules([order])
  expect(text.match(/- record: service:watertight_server_requests:error_ratio_rate\w+/g)).toHaveLength(7)
  expect(text.match(/- record: service:watertight_server_request_duration:slow_ratio_rate\w+/g)).toHaveLength(
    7,
  )
  expect(text.match(/- alert: "AvailabilityBudgetBurn"$/gm)).toHaveLength(4)
  expect(text.match(/- alert: "LatencyBudgetBurn"$/gm)).toHaveLength(4)
  expect(text).toContain('error_ratio_rate1h{service=\\"order\\"} > 0.0144 and ')
  expect(text).toContain('slow_ratio_rate6h{service=\\"order\\"} > 0.06 and ')
  expect(text).toContain('le=\\"0.3\\"')
})

it('finds the bucket of a whole number of seconds in either exposition format', () => {
  expect(prometheusRules([{ service: 'order', latency: { p99Ms: 2_000 } }])).toContain(
    String.raw`le=~\"2|2\\\\.0\"`,
  )
})

it('quotes names that mean something to YAML or PromQL', () => {
  const text = prometheusRules([{ service: 'a"b: #c', availability: 0.99 }])
  expect(text).toContain('service: "a\\"b: #c"')
  expect(text).toContain(String.raw`{service=\"a\\\"b: #c\"`)
})

it('is a rule file also without objectives', () => {
  expect(prometheusRules([])).toBe('groups:\n  []\n')
})

it('has the alerts that are asked for by name, with their own windows', () => {
  const alerts = [{ name: 'checkout-burns', burnRate: 14.4, longMs: 7_200_000, shortMs: 600_000 }]
  const text = prometheusRules([{ service: 'order', availability: 0.999, alerts }])
  expect(text).toContain('- alert: "checkout-burns"')
  expect(text).toContain('error_ratio_rate2h{service=\\"order\\"} > 0.0144 and ')
  expect(text).toContain('- record: service:watertight_server_requests:error_ratio_rate10m')
})
