import { OptionError } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { MetricRegistry } from './metric-registry.js'

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0'

function sampled(): MetricRegistry {
  const registry = new MetricRegistry({ wallNow: () => 1_700_000_000_123 })
  const jobs = registry.counter({ name: 'shop_jobs_total', help: 'Jobs \\ done.\nAll.', labels: ['queue'] })
  jobs.with({ queue: 'a"b\\c\nd' }).add(2)
  registry.gauge({ name: 'shop_temperature_celsius', help: 'Warmth.' }).with().set(-3.5)
  const waits = registry.histogram({ name: 'shop_wait_seconds', help: 'Waits.', buckets: [0.5, 1] })
  waits.with().observe(0.5)
  waits.with().observe(0.75, 'a'.repeat(32))
  waits.with().observe(9)
  return registry
}

describe('exposition', () => {
  it('writes the text format 0.0.4', () => {
    const { contentType, body } = sampled().expose()
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(body.split('\n').slice(2)).toEqual([
      '# HELP shop_jobs_total Jobs \\\\ done.\\nAll.',
      '# TYPE shop_jobs_total counter',
      'shop_jobs_total{queue="a\\"b\\\\c\\nd"} 2',
      '# HELP shop_temperature_celsius Warmth.',
      '# TYPE shop_temperature_celsius gauge',
      'shop_temperature_celsius -3.5',
      '# HELP shop_wait_seconds Waits.',
      '# TYPE shop_wait_seconds histogram',
      'shop_wait_seconds_bucket{le="0.5"} 1',
      'shop_wait_seconds_bucket{le="1"} 2',
      'shop_wait_seconds_bucket{le="+Inf"} 3',
      'shop_wait_seconds_sum 10.25',
      'shop_wait_seconds_count 3',
      '',
    ])
  })

  it('writes OpenMetrics 1.0 with units and exemplars, and marks its end', () => {
    const { contentType, body } = sampled().expose(OPEN_METRICS)
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(body.split('\n').slice(2)).toEqual([
      '# TYPE shop_jobs counter',
      '# HELP shop_jobs Jobs \\\\ done.\\nAll.',
      'shop_jobs_total{queue="a\\"b\\\\c\\nd"} 2',
      '# TYPE shop_temperature_celsius gauge',
      '# HELP shop_temperature_celsius Warmth.',
      'shop_temperature_celsius -3.5',
      '# TYPE shop_wait_seconds histogram',
      '# UNIT shop_wait_seconds seconds',
      '# HELP shop_wait_seconds Waits.',
      'shop_wait_seconds_bucket{le="0.5"} 1',
      `shop_wait_seconds_bucket{le="1.0"} 2 # {trace_id="${'a'.repeat(32)}"} 0.75 1700000000.123`,
      'shop_wait_seconds_bucket{le="+Inf"} 3',
      'shop_wait_seconds_sum 10.25',
      'shop_wait_seconds_count 3',
      '# EOF',
      '',
    ])
  })

  it('leaves out a gauge whose reader throws or gives no number', () => {
    const registry = new MetricRegistry()
    const gauge = registry.gauge({ name: 'shop_depth', help: 'Depth.', labels: ['of'] })
    gauge.with({ of: 'thrown' }).observe(() => {
      throw new Error('closed')
    })
    gauge.with({ of: 'nothing' }).observe(() => undefined as unknown as number)
    gauge.with({ of: 'read' }).observe(() => 7)
    const samples = registry
      .expose()
      .body.split('\n')
      .filter((line) => line.startsWith('shop_depth'))
    expect(samples).toEqual(['shop_depth{of="read"} 7'])
  })

  it('reads a counter that is counted elsewhere, and leaves it out while it cannot', () => {
    const registry = new MetricRegistry()
    const counter = registry.counter({ name: 'shop_total', help: 'All.', labels: ['of'] })
    counter.with({ of: 'read' }).observe(() => 7)
    counter.with({ of: 'read' }).add()
    counter.with({ of: 'thrown' }).observe(() => {
      throw new Error('closed')
    })
    expect(registry.expose().body).toMatch(/counter\nshop_total\{of="read"\} 7\n$/)
  })

  it('replaces half a surrogate pair, which no scrape could carry', () => {
    const registry = new MetricRegistry()
    registry
      .counter({ name: 'shop_total', help: 'All.', labels: ['of'] })
      .with({ of: 'x\ud83d' })
      .add()
    expect(registry.expose().body).toContain('shop_total{of="x\ufffd"} 1')
  })
})

describe('series', () => {
  it('are bounded: the rest goes to one series named other, and is told', () => {
    const registry = new MetricRegistry()
    const family = registry.counter({ name: 'shop_total', help: 'All.', labels: ['user'], seriesMax: 2 })
    for (let user = 0; user < 5; user++) family.with({ user: String(user) }).add()
    const lines = registry.expose().body.split('\n')
    expect(lines.filter((line) => line.startsWith('shop_total'))).toEqual([
      'shop_total{user="0"} 1',
      'shop_total{user="1"} 1',
      'shop_total{user="other"} 3',
    ])
    expect(lines).toContain('watertight_telemetry_series_overflow_total{metric="shop_total"} 3')
  })

  it('tell apart values that would look alike when joined, and cut long ones', () => {
    const family = new MetricRegistry().counter({ name: 'shop_total', help: 'All.', labels: ['a', 'b'] })
    expect(family.with({ a: 'x","', b: 'y' })).not.toBe(family.with({ a: 'x', b: '","y' }))
    expect(family.with({ a: 'long'.repeat(100), b: '' }).labels.length).toBeLessThan(220)
  })

  it('take only what makes sense', () => {
    const registry = new MetricRegistry()
    const counter = registry.counter({ name: 'shop_total', help: 'All.' }).with()
    for (const amount of [1, -5, Number.NaN, 2]) counter.add(amount)
    const histogram = registry.histogram({ name: 'shop_seconds', help: 'All.' }).with()
    for (const value of [1, Number.NaN, Infinity, 2]) histogram.observe(value)
    expect(counter.value).toBe(3)
    expect(histogram.count).toBe(3)
  })
})

it('adds up the series that have some labels', () => {
  const registry = new MetricRegistry()
  const calls = registry.counter({ name: 'shop_total', help: 'All.', labels: ['to', 'ok'], seriesMax: 3 })
  calls.with({ to: 'a', ok: 'yes' }).add(1)
  calls.with({ to: 'a', ok: 'no' }).add(2)
  calls.with({ to: 'x",ok="no', ok: 'yes' }).add(4)
  calls.with({ to: 'z', ok: 'yes' }).add(8)
  registry.histogram({ name: 'shop_seconds', help: 'All.' }).with().observe(3)
  expect(registry.total('shop_total')).toBe(15)
  expect(registry.total('shop_total', { to: 'a' })).toBe(3)
  expect(registry.total('shop_total', { ok: 'no' })).toBe(2)
  expect(registry.total('shop_total', { to: 'x",ok="no', ok: 'yes' })).toBe(4)
  expect(registry.total('shop_total', { ok: 'other' })).toBe(8)
  expect(registry.total('shop_seconds')).toBe(1)
  expect([registry.total('shop'), registry.total('none'), registry.total('shop_total', { no: 'a' })]).toEqual(
    [0, 0, 0],
  )
})

describe('conventions', () => {
  const registry = new MetricRegistry()
  it.each([
    ['counter', { name: 'shop_jobs' }, "name must be one that ends in _total, got 'shop_jobs'"],
    ['gauge', { name: 'shop_total' }, 'name must be one without the ending _total, which is reserved'],
    ['histogram', { name: 'shop_bucket' }, 'name must be one without the ending _bucket'],
    ['histogram', { name: 'shop_wait_ms' }, 'name must be in base units such as seconds and bytes'],
    ['gauge', { name: 'shopDepth' }, "name must be in snake case, got 'shopDepth'"],
    ['gauge', { name: 'a', help: ' ' }, "help must be a sentence, got ' '"],
    [
      'gauge',
      { name: 'a', labels: ['le'] },
      "labels must be in snake case and none of le, quantile, got 'le'",
    ],
    ['gauge', { name: 'a', labels: ['b', 'b'] }, "labels must be distinct, got 'b, b'"],
    ['gauge', { name: 'a', seriesMax: 0 }, 'seriesMax must be an integer >= 1, got 0'],
    [
      'histogram',
      { name: 'a', buckets: [1, 1] },
      'buckets must be 1 to 100 finite numbers in ascending order',
    ],
    ['histogram', { name: 'a', buckets: [] }, 'in ascending order, got []'],
  ] as const)('refuses a %s of %o', (kind, given, message) => {
    const options = { help: 'Help.', ...given }
    expect(() => registry[kind](options)).toThrow(OptionError)
    expect(() => registry[kind](options)).toThrow(message)
  })

  it('gives the same metric to whoever asks again, and refuses another under its name', () => {
    const options = { name: 'shop_total', help: 'All.', labels: ['a'] } as const
    expect(registry.counter(options)).toBe(registry.counter(options))
    expect(() => registry.counter({ ...options, labels: ['b'] })).toThrow(
      "cannot create counter: 'shop_total' is already a counter by (a), got a counter by (b)",
    )
    expect(() => registry.gauge({ name: 'shop', help: 'All.' })).toThrow(
      "'shop_total' is already a counter by (a)",
    )
  })
})
