import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@watertight/deploy'
import { expect, test } from 'vitest'
import { afterwards, openConsole, shows, startShop, WATERTIGHT } from './shop.js'

interface Alert {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

test('an objective that is missed reaches a webhook by Prometheus and Alertmanager, and the console reads that Prometheus', async () => {
  const { run, file } = await startShop()
  const port = run.status().find(({ name }) => name === 'order')?.port ?? 0
  const folder = join(dirname(file), 'monitoring')
  await compileRules(file, folder)
  const webhook = await startWebhook()
  const prometheus = await startMonitoring(folder, { scraped: port, webhook: webhook.url })
  const opened = await openConsole({ prometheus: prometheus.url })
  const load = setInterval(() => {
    for (const path of ['/', '/fail']) void fetch(`http://127.0.0.1:${port}${path}`).catch(() => {})
  }, 50)
  afterwards(() => Promise.resolve(clearInterval(load)))

  await expect
    .poll(() => webhook.alerts, { timeout: 60_000 })
    .toContainEqual(
      expect.objectContaining({
        status: 'firing',
        labels: expect.objectContaining({
          alertname: 'AvailabilityBudgetBurn',
          service: 'order',
          severity: 'page',
          long_window: '1h',
        }),
        annotations: expect.objectContaining({
          summary: 'order burns its availability budget 14.4 times too fast',
        }),
      }),
    )
  await shows(opened, ({ services, sources }) => {
    expect(services).toMatchObject([{ name: 'order', level: 'critical', signals: { known: true } }])
    const [order] = services
    expect(order?.signals.known === true && order.signals.value.errorShare).toBeCloseTo(0.5, 1)
    expect(sources).toContainEqual(expect.objectContaining({ kind: 'prometheus', state: 'ok' }))
  })

  await prometheus.stop()
  await shows(opened, ({ services }) =>
    expect(services[0]?.signals).toMatchObject({
      known: false,
      source: 'prometheus',
      reason: expect.stringContaining('ECONNREFUSED'),
    }),
  )
}, 180_000)

/** As an operator does it. */
async function compileRules(file: string, folder: string): Promise<void> {
  const words = ['compile', '--target', 'prometheus', '--manifest', file, '--out', folder]
  await promisify(execFile)(process.execPath, [WATERTIGHT, ...words])
}

async function startWebhook(): Promise<{ readonly url: string; readonly alerts: readonly Alert[] }> {
  const alerts: Alert[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      alerts.push(...(JSON.parse(body) as { readonly alerts: readonly Alert[] }).alerts)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, alerts }
}

interface Monitoring {
  readonly url: string
  stop(): Promise<void>
}

/** A real Prometheus with the rules of the folder, and a real Alertmanager that sends on what it says. */
async function startMonitoring(
  folder: string,
  { scraped, webhook }: { readonly scraped: number; readonly webhook: string },
): Promise<Monitoring> {
  const [port, alerting] = [await freePort(), await freePort()]
  await mkdir(folder, { recursive: true })
  const route = { receiver: 'webhook', group_wait: '0s', group_interval: '1s', group_by: ['...'] }
  const receivers = [{ name: 'webhook', webhook_configs: [{ url: webhook }] }]
  const alertmanagers = [{ static_configs: [{ targets: [`127.0.0.1:${alerting}`] }] }]
  // JSON is YAML.
  await writeFile(join(folder, 'alertmanager.yml'), JSON.stringify({ route, receivers }))
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      alerting: { alertmanagers },
      scrape_configs: [{ job_name: 'shop', static_configs: [{ targets: [`127.0.0.1:${scraped}`] }] }],
    }),
  )
  start('alertmanager', [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alerts')}`,
    `--web.listen-address=127.0.0.1:${alerting}`,
    '--cluster.listen-address=',
  ])
  const stop = start('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ])
  return { url: `http://127.0.0.1:${port}`, stop }
}

function start(program: string, words: readonly string[]): () => Promise<void> {
  const child = spawn(program, words, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  afterwards(stop)
  return stop
}
