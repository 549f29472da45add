import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

const MANIFEST = `watertight: v1
system: shop
enforce: sidecar
services:
  order:
    calls:
      payment: { breaker: {} }
      stock: {}
  payment: { port: 7001 }
  stock: { port: 7002 }
`

const compile = ['compile', '--target', 'envoy', '--out', 'envoy']

describe('compile', () => {
  it('writes what Envoy starts with, and names with its line what Envoy does not do', async () => {
    await inFolder({ 'watertight.yaml': MANIFEST }, async (cwd) => {
      const first = await watertightHere([...compile, '--sidecar', 'order'], { cwd })
      expect(first.code).toBe(0)
      expect(first.out).toContain(join('envoy', 'envoy.json'))
      expect(first.out).toContain('stock is called at http://127.0.0.1:15002')
      expect(first.err).toMatch(/1 setting not carried out by Envoy\n {2}watertight\.yaml:7 breaker: /)
      const again = await watertightHere([...compile, '--sidecar', 'order'], { cwd })
      expect(again.out).toContain('is as it was')
    })
  })

  it('has Envoy send its spans where it is told, and says so when a document that asks for traces does not say where', async () => {
    await inFolder({ 'watertight.yaml': `${MANIFEST}monitoring: { traces: jaeger }\n` }, async (cwd) => {
      const untold = await watertightHere([...compile, '--sidecar', 'order'], { cwd })
      expect(untold.err).toMatch(/watertight\.yaml:11 monitoring\.traces: .*compile with --traces URL/s)
      const words = [...compile, '--sidecar', 'order', '--traces', 'http://127.0.0.1:4318/v1/traces']
      const { code, err } = await watertightHere(words, { cwd })
      expect([code, err]).toEqual([0, expect.stringContaining('a span of Envoy is a request or a try')])
      const listeners = await readFile(join(cwd, 'envoy/current/listeners.json'), 'utf8')
      expect(listeners).toContain('"http://127.0.0.1:4318/v1/traces"')
    })
  })

  it('writes nothing with --strict when something would not happen', async () => {
    await inFolder({ 'watertight.yaml': MANIFEST }, async (cwd) => {
      const { code } = await watertightHere([...compile, '--sidecar', 'order', '--strict'], { cwd })
      expect([code, existsSync(join(cwd, 'envoy'))]).toEqual([1, false])
    })
  })

  it.each([
    [[], 2, 'it must be told --gateway or --sidecar SERVICE, got neither'],
    [['--gateway'], 1, 'gateway.listen.port must say where it listens, got none'],
    [['--sidecar', 'ordre'], 1, 'there is no service ordre; did you mean order'],
    [['--sidecar', 'order', '--outbound', 'paymnt=1'], 2, '--outbound must name a service that is called'],
    [['--sidecar', 'order', '--admin', '0'], 2, '--admin must be a port from 1 to 65535, got 0'],
    [['--sidecar', 'order', '--traces', 'localhost:4318'], 2, '--traces must be a URL such as http://'],
  ])('refuses %j', async (words, exitCode, message) => {
    await inFolder({ 'watertight.yaml': MANIFEST }, async (cwd) => {
      const { code, err } = await watertightHere([...compile, ...words], { cwd })
      expect([code, err]).toEqual([exitCode, expect.stringContaining(message)])
    })
  })
})

describe('compile for whoever watches', () => {
  const watched = MANIFEST.replace(
    '  payment: { port: 7001 }',
    '  payment: { port: 7001, objective: { availability: 99.9%, latency: { p95: 200ms, p99: 500ms } } }',
  ).concat('alerts: { payment-burns: { service: payment, burnRate: 20 } }\n')

  it('writes rules of objectives and alerts, names what no rule watches, and leaves what has not changed', async () => {
    await inFolder({ 'watertight.yaml': watched }, async (cwd) => {
      const words = ['compile', '--target', 'prometheus', '--out', 'monitoring']
      const { code, out, err } = await watertightHere(words, { cwd })
      expect([code, out]).toEqual([0, expect.stringContaining(join('monitoring', 'rules.yaml'))])
      expect(err).toMatch(/1 setting not carried out by Prometheus\n {2}watertight\.yaml:9 latency\.p95: /)
      const rules = await readFile(join(cwd, 'monitoring/rules.yaml'), 'utf8')
      expect(rules.match(/- alert: "(\S+)"/g)).toEqual([
        ...Array.from({ length: 4 }, () => '- alert: "AvailabilityBudgetBurn"'),
        '- alert: "payment-burns"',
        ...Array.from({ length: 4 }, () => '- alert: "LatencyBudgetBurn"'),
      ])
      expect((await watertightHere(words, { cwd })).out).toContain('is as it was')
    })
  })

  it('writes a dashboard', async () => {
    await inFolder({ 'watertight.yaml': watched }, async (cwd) => {
      await watertightHere(['compile', '--target', 'grafana', '--out', '.'], { cwd })
      const { title } = JSON.parse(await readFile(join(cwd, 'dashboard.json'), 'utf8')) as { title: string }
      expect(title).toBe('shop: services, budgets and calls')
    })
  })

  it('is for the whole system', async () => {
    await inFolder({ 'watertight.yaml': watched }, async (cwd) => {
      const words = ['compile', '--target', 'grafana', '--out', '.', '--sidecar', 'order']
      const { code, err } = await watertightHere(words, { cwd })
      expect([code, err]).toEqual([
        2,
        expect.stringContaining('--gateway and --sidecar are for --target envoy'),
      ])
    })
  })
})

it('proxy --engine envoy says in one sentence that there is no Envoy', async () => {
  const manifest = `${MANIFEST}gateway: { listen: { port: 8080 }, routes: [] }\n`
  await inFolder({ 'watertight.yaml': manifest }, async (cwd) => {
    const env = { PATH: '', WATERTIGHT_ENGINES: join(cwd, 'engines') }
    const { code, err } = await watertightHere(['proxy', '--gateway', '--engine', 'envoy'], { cwd, env })
    expect([code, err]).toEqual([4, expect.stringContaining('cannot run envoy: there is no program envoy')])
  })
})
