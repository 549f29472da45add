import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { grafanaDashboard } from '../src/dashboard.js'
import { prometheusRules } from '../src/index.js'
import { busyService } from './busy-service.js'

const DEADLINE_MS = 60_000

let folder: string
let scraped: Server
let prometheus: ChildProcess
let prometheusUrl: string
let log = ''
const contentTypes = new Set<string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
  const telemetry = await busyService()
  scraped = createServer((request, response) => {
    const { contentType, body } = telemetry.expose(request.headers.accept)
    contentTypes.add(contentType)
    response.writeHead(200, { 'content-type': contentType }).end(body)
  })
  const target = `127.0.0.1:${await listen(scraped)}`
  await writeFile(join(folder, 'rules.yaml'), prometheusRules([{ service: 'order', availability: 0.999 }]))
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'order', static_configs: [{ targets: [target] }] }],
  }
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
  prometheus = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--enable-feature=exemplar-storage',
  ])
  prometheus.stderr?.on('data', (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-5_000)
  })
  prometheusUrl = `http://${await listensOn(prometheus)}`
})

afterAll(async () => {
  if (prometheus.exitCode === null) {
    prometheus.kill('SIGKILL')
    await once(prometheus, 'exit')
  }
  scraped.closeAllConnections()
  await new Promise((resolve) => scraped.close(resolve))
  await rm(folder, { recursive: true })
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** The address of its choice, as it says it. */
async function listensOn(program: ChildProcess): Promise<string> {
  const address = (): string | undefined => /"Listening on".* address=(\S+)/.exec(log)?.[1]
  await vi.waitUntil(() => address() !== undefined || program.exitCode !== null, { timeout: DEADLINE_MS })
  return address() ?? expect.unreachable(`Prometheus did not start:\n${log}`)
}

/** Asks Prometheus until the answer is as wanted, and answers that. */
async function ask<T>(path: string, isWanted: (data: T) => boolean): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  let last: unknown
  while (performance.now() < deadline) {
    last = await fetch(`${prometheusUrl}/api/v1/${path}`)
      .then((response) => response.json())
      .catch(String)
    const { data } = (typeof last === 'object' && last !== null ? last : {}) as { data?: T }
    if (data !== undefined && isWanted(data)) return data
    await sleep(100)
  }
  throw new Error(`${path} was not answered as wanted: ${JSON.stringify(last)}\n${log}`)
}

interface Targets {
  readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[]
}
interface Vector {
  readonly result: readonly { readonly metric: object; readonly value: readonly [number, string] }[]
}
interface Groups {
  readonly groups: readonly {
    readonly rules: readonly { readonly health: string; readonly lastError: string }[]
  }[]
}
type ExemplarData = readonly { readonly exemplars: readonly { readonly labels: object }[] }[]

it(
  'a real Prometheus scrapes the service as OpenMetrics, with its exemplars, and evaluates the rules',
  { timeout: 2 * DEADLINE_MS },
  async () => {
    const targets = await ask<Targets>('targets', ({ activeTargets }) =>
      // One that a busy machine answers too late is asked again.
      activeTargets.some(({ health }) => health === 'up'),
    )
    expect(targets.activeTargets).toMatchObject([{ health: 'up', lastError: '' }])
    expect([...contentTypes]).toEqual(['application/openmetrics-text; version=1.0.0; charset=utf-8'])

    const query = encodeURIComponent('watertight_client_requests_total{outcome="success"}')
    const calls = await ask<Vector>(`query?query=${query}`, ({ result }) => result.length > 0)
    expect(calls.result).toMatchObject([
      { metric: { service: 'order', destination: 'payment', route: 'POST /charges', status: '201' } },
    ])
    expect(calls.result[0]?.value[1]).toBe('1')

    const visitors = await ask<Vector>('query?query=shop_visits_total', ({ result }) => result.length === 3)
    expect(visitors.result.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ visitor: 'Zoë "the cat"' }),
        expect.objectContaining({ visitor: 'back\\slash\nline' }),
        expect.objectContaining({ visitor: 'other' }),
      ]),
    )

    const now = Date.now() / 1_000
    const bucket = 'watertight_client_request_duration_seconds_bucket'
    const range = `query=${bucket}&start=${now - 300}&end=${now + 300}`
    const exemplars = await ask<ExemplarData>(`query_exemplars?${range}`, (data) => data.length > 0)
    expect(exemplars[0]?.exemplars[0]?.labels).toEqual({ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' })

    const { groups } = await ask<Groups>('rules', (data) =>
      data.groups.every(({ rules }) => rules.every(({ health }) => health !== 'unknown')),
    )
    const rules = groups.flatMap((group) => group.rules)
    expect(rules).toHaveLength(11)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
  },
)

it('a real Prometheus answers every query of the dashboard', { timeout: 2 * DEADLINE_MS }, async () => {
  const { panels } = JSON.parse(grafanaDashboard({ system: 'shop' })) as {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[]
  }
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  const answered: string[] = []
  for (const query of queries) {
    // What Grafana puts in where all is chosen.
    const text = query.replaceAll(/\$(service|destination)/g, '.*').replaceAll('$__rate_interval', '1m')
    await ask<Vector>(`query?query=${encodeURIComponent(text)}`, ({ result }) => result.length > 0)
    answered.push(query)
  }
  expect(answered.length).toBeGreaterThan(15)
})
