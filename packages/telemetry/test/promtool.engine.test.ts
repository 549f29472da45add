import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prometheusRules } from '../src/index.js'
import { busyService } from './busy-service.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promtool-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs promtool and answers what it says; its exit code is the verdict. */
function promtool(toolArguments: readonly string[], input = ''): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    const child = execFile('promtool', toolArguments, { timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: `${stdout}${stderr}`.trim() })
    })
    child.stdin?.end(input)
  })
}

describe('promtool check metrics', () => {
  it('is content with every metric of the package after traffic', async () => {
    const { body } = (await busyService()).expose()
    for (const [, name] of body.matchAll(/^# TYPE (\S+)/gm)) {
      expect(body, `${name} has a sample`).toMatch(new RegExp(`^${name}(_count)?[ {]`, 'm'))
    }
    expect(await promtool(['check', 'metrics'], body)).toEqual({ code: 0, output: '' })
  })

  it('would find a metric that breaks the conventions', async () => {
    const { code, output } = await promtool(['check', 'metrics'], '# TYPE waitMs counter\nwaitMs 1\n')
    expect(code).not.toBe(0)
    expect(output).toContain('counter metrics should have "_total" suffix')
  })
})

const objectives = [
  { service: 'order', availability: 0.999, latency: { p99Ms: 1_000 } },
  { service: 'odd "name"', availability: 0.9, windowMs: 7 * 24 * 3_600_000 },
]

describe('promtool check rules', () => {
  it('is content with the rules of every kind of objective', async () => {
    const path = join(folder, 'checked.yaml')
    await writeFile(path, prometheusRules(objectives))
    const { code, output } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', path])
    expect(output).toContain('SUCCESS: 33 rules found')
    expect(code).toBe(0)
  })
})

/** Two hours of traffic: so many good, bad and slow requests a minute. */
function traffic(good: number, bad: number, slow: number): object[] {
  const counted = (outcome: string, perMinute: number): object => ({
    series: `watertight_server_requests_total{service="order",route="GET /a",outcome="${outcome}",status="0"}`,
    values: `0+${perMinute}x120`,
  })
  const duration = 'watertight_server_request_duration_seconds'
  const labels = 'service="order",route="GET /a",outcome="success"'
  return [
    counted('success', good),
    counted('aborted', 500),
    ...(bad === 0 ? [] : [counted('failure', bad)]),
    { series: `${duration}_bucket{${labels},le="1.0"}`, values: `0+${good - slow}x120` },
    { series: `${duration}_count{${labels}}`, values: `0+${good}x120` },
  ]
}

const firing = 'count by (alertname, severity, long_window) (ALERTS{alertstate="firing"})'
const page = (alert: string, window: string): object => ({
  labels: `{alertname="${alert}",severity="page",long_window="${window}"}`,
  value: 1,
})
const ticket = (alert: string, window: string): object => ({
  labels: `{alertname="${alert}",severity="ticket",long_window="${window}"}`,
  value: 1,
})

describe('promtool test rules', () => {
  it.each([
    ['nothing for a healthy service', traffic(1_000, 0, 0), []],
    ['nothing while the budget lasts', traffic(10_000, 5, 50), []],
    [
      'a page for errors that use the budget up within hours',
      traffic(980, 20, 0),
      ['1h', '6h']
        .map((window) => page('AvailabilityBudgetBurn', window))
        .concat(['1d', '3d'].map((window) => ticket('AvailabilityBudgetBurn', window))),
    ],
    ['a ticket for slowness that leaks', traffic(1_000, 0, 20), [ticket('LatencyBudgetBurn', '3d')]],
  ])('%s', async (name, inputSeries, expected) => {
    const stem = name.replaceAll(' ', '-')
    await writeFile(join(folder, `${stem}.rules.yaml`), prometheusRules(objectives.slice(0, 1)))
    const test = {
      rule_files: [`${stem}.rules.yaml`],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: inputSeries,
          promql_expr_test: [{ expr: firing, eval_time: '100m', exp_samples: expected }],
        },
      ],
    }
    const path = join(folder, `${stem}.test.yaml`)
    // JSON is YAML.
    await writeFile(path, JSON.stringify(test))
    const { code, output } = await promtool(['test', 'rules', path])
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')])
  })
})
