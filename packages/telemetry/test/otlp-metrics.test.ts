import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { expect, it } from 'vitest'
import { createTelemetry, MetricRegistry } from '../src/index.js'
import { openTelemetryMetrics, type OpenTelemetryMetricsOptions } from '../src/otlp.js'

const DELTA = 1
const CUMULATIVE = 2

interface Point {
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
  readonly asDouble?: number
  readonly count?: number
  readonly sum?: number
  readonly explicitBounds?: readonly number[]
  readonly bucketCounts?: readonly number[]
  readonly scale?: number
  readonly zeroCount?: number
  readonly positive?: { readonly offset: number; readonly bucketCounts: readonly number[] }
}

interface Data {
  readonly dataPoints: readonly Point[]
  readonly aggregationTemporality?: number
  readonly isMonotonic?: boolean
}

interface Metric {
  readonly name: string
  readonly unit: string
  readonly sum?: Data
  readonly gauge?: Data
  readonly histogram?: Data
  readonly exponentialHistogram?: Data
}

/** `ExportMetricsServiceRequest` of opentelemetry-proto, in its JSON form. */
interface Export {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: Point['attributes'] }
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string }
      readonly metrics: readonly Metric[]
    }[]
  }[]
}

/** A registry whose metrics go to a collector on loopback, which answers as the test says. */
async function setUp(registry: MetricRegistry, options: OpenTelemetryMetricsOptions = {}) {
  const exports: Export[] = []
  const statuses: number[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const status = request.url === '/v1/metrics' ? (statuses.shift() ?? 200) : 404
      if (status === 200) exports.push(JSON.parse(body) as Export)
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `http://127.0.0.1:${port}/v1/metrics` }),
    metricProducers: [openTelemetryMetrics(registry, options)],
  })
  const resource = resourceFromAttributes({ 'service.name': 'order' })
  const provider = new MeterProvider({ resource, readers: [reader] })
  return {
    exports,
    statuses,
    provider,
    /** Everything as it is now, by name, as the collector has it. */
    async collected(): Promise<Map<string, Metric>> {
      await provider.forceFlush()
      const metrics = exports.at(-1)?.resourceMetrics[0]?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
      return new Map(metrics.map((metric) => [metric.name, metric]))
    },
    async [Symbol.asyncDispose]() {
      await provider.shutdown()
      server.close()
      server.closeAllConnections()
    },
  }
}

const attributesOf = (point: Point | undefined): Record<string, unknown> =>
  Object.fromEntries((point?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]))

it('sends counters, gauges and histograms with the resource of the application', async () => {
  const registry = new MetricRegistry()
  registry
    .counter({ name: 'shop_jobs_total', help: 'Jobs.', labels: ['queue'] })
    .with({ queue: 'mail' })
    .add(3)
  registry.gauge({ name: 'shop_stock_bytes', help: 'Stock.' }).with().set(-2.5)
  registry
    .histogram({ name: 'shop_wait_seconds', help: 'Wait.', buckets: [1, 2] })
    .with()
    .observe(1.5)
  await using up = await setUp(registry)
  const metrics = await up.collected()
  const [{ resource, scopeMetrics }] = up.exports[0]!.resourceMetrics as [Export['resourceMetrics'][number]]
  expect(attributesOf(resource as unknown as Point)).toMatchObject({ 'service.name': 'order' })
  expect(scopeMetrics.map(({ scope }) => scope.name)).toEqual(['@watertight/telemetry'])
  const jobs = metrics.get('shop_jobs_total')
  expect(jobs?.sum).toMatchObject({ aggregationTemporality: CUMULATIVE, isMonotonic: true })
  expect(jobs?.sum?.dataPoints[0]?.asDouble).toBe(3)
  expect(attributesOf(jobs?.sum?.dataPoints[0])).toEqual({ queue: 'mail' })
  expect(metrics.get('shop_stock_bytes')).toMatchObject({
    unit: 'By',
    gauge: { dataPoints: [{ asDouble: -2.5 }] },
  })
  expect(metrics.get('shop_wait_seconds')).toMatchObject({
    unit: 's',
    histogram: {
      aggregationTemporality: CUMULATIVE,
      dataPoints: [{ count: 1, sum: 1.5, explicitBounds: [1, 2], bucketCounts: [0, 1, 0] }],
    },
  })
})

it('sends exponential histograms where the registry counts so, and scrapes stay as they are', async () => {
  const registry = new MetricRegistry({ exponentialHistograms: true })
  const wait = registry.histogram({ name: 'shop_wait_seconds', help: 'Wait.', labels: ['queue'] })
  for (const seconds of [0, 0.0001, 0.0002, 0.003, 2]) wait.with({ queue: 'mail' }).observe(seconds)
  wait.with({ queue: 'odd' }).observe(-1)
  await using up = await setUp(registry)
  const metric = (await up.collected()).get('shop_wait_seconds')
  expect(metric?.exponentialHistogram?.dataPoints).toHaveLength(1)
  const point = metric?.exponentialHistogram?.dataPoints[0]
  expect(point).toMatchObject({ count: 5, zeroCount: 1, scale: 3 })
  expect(point?.positive?.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(4)
  expect(registry.expose().body).toContain('shop_wait_seconds_bucket{queue="mail",le="0.0005"} 3')
})

it('sends what no exponential bucket can hold as it is counted for scrapes', async () => {
  const registry = new MetricRegistry({ exponentialHistograms: true })
  registry
    .histogram({ name: 'shop_drift_seconds', help: 'Drift.', buckets: [0, 1] })
    .with()
    .observe(-1)
  await using up = await setUp(registry)
  expect((await up.collected()).get('shop_drift_seconds')).toMatchObject({
    histogram: { dataPoints: [{ count: 1, sum: -1, bucketCounts: [1, 0, 0] }] },
  })
})

it('tells only what has come since where deltas are asked for', async () => {
  let wallMs = 1_000
  const registry = new MetricRegistry({ exponentialHistograms: true })
  const jobs = registry.counter({ name: 'shop_jobs_total', help: 'Jobs.' }).with()
  const wait = registry.histogram({ name: 'shop_wait_seconds', help: 'Wait.' }).with()
  jobs.add(3)
  wait.observe(1)
  await using up = await setUp(registry, { temporality: 'delta', wallNow: () => wallMs })
  await up.collected()
  jobs.add(2)
  wait.observe(0.001)
  wait.observe(1)
  wallMs = 61_000
  const metrics = await up.collected()
  expect(metrics.get('shop_jobs_total')?.sum).toMatchObject({
    aggregationTemporality: DELTA,
    dataPoints: [{ asDouble: 2, startTimeUnixNano: '1000000000', timeUnixNano: '61000000000' }],
  })
  const point = metrics.get('shop_wait_seconds')?.exponentialHistogram?.dataPoints[0]
  expect([point?.count, point?.sum]).toEqual([2, 1.001])
  expect(point?.positive?.bucketCounts.filter((count) => count > 0)).toEqual([1, 1])
})

it("sends OpenTelemetry's own metrics under its own names", async () => {
  const telemetry = createTelemetry({ service: 'order', conventionalMetrics: true })
  telemetry.server().finished('GET /items/:id', 'success', 200, 12)
  await using up = await setUp(telemetry.registry)
  const metric = (await up.collected()).get('http.server.request.duration')
  expect(metric?.unit).toBe('s')
  expect(attributesOf(metric?.histogram?.dataPoints[0])).toEqual({
    service: 'order',
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'http.route': '/items/:id',
  })
})

it('sends again what the collector could not take, and the last of it at shutdown', async () => {
  const registry = new MetricRegistry()
  const jobs = registry.counter({ name: 'shop_jobs_total', help: 'Jobs.' }).with()
  await using up = await setUp(registry)
  up.statuses.push(503, 429)
  jobs.add()
  expect((await up.collected()).get('shop_jobs_total')?.sum?.dataPoints[0]?.asDouble).toBe(1)
  jobs.add()
  await up.provider.shutdown()
  const last = up.exports.at(-1)?.resourceMetrics[0]?.scopeMetrics[0]?.metrics
  expect(last?.find(({ name }) => name === 'shop_jobs_total')?.sum?.dataPoints[0]?.asDouble).toBe(2)
})

it('leaves out what cannot be read, and refuses a temporality that is none', async () => {
  const registry = new MetricRegistry()
  const broken = registry.gauge({ name: 'shop_backlog', help: 'Jobs that wait.' }).with()
  broken.observe(() => {
    throw new Error('not connected')
  })
  await using up = await setUp(registry)
  expect([...(await up.collected()).keys()]).toEqual([])
  expect(() => openTelemetryMetrics(registry, { temporality: 'both' } as never)).toThrow(
    "cannot create OpenTelemetry metrics: temporality must be one of 'cumulative', 'delta', got 'both'",
  )
})
