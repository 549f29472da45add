import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { ControlServer, Run } from '@watertight/supervisor'
import { onTestFinished, vi } from 'vitest'
import { Console, type ConsoleOptions, type Snapshot } from '../src/index.js'

export const WATERTIGHT = fileURLToPath(new URL('../../cli/bin/watertight.cjs', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** A service as a user would write it: it counts what it answers, and shows that at /metrics. */
const SERVICE = `
import { createServer } from 'node:http'
import { createTelemetry } from '@watertight/telemetry'
const telemetry = createTelemetry({ service: process.env.WATERTIGHT_SERVICE })
const recorder = telemetry.server()
const server = createServer((request, response) => {
  if (request.url === '/metrics') return response.end(telemetry.expose().body)
  if (request.url === '/healthz') return response.end('well')
  recorder.started()
  const failed = request.url === '/fail'
  response.statusCode = failed ? 500 : 200
  response.end(process.env.WATERTIGHT_INSTANCE)
  recorder.finished('GET /', failed ? 'failure' : 'success', response.statusCode, 5)
})
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeAllConnections() })
`

/** One that calls another through its sidecar, and passes on what that answers. */
const CALLER = SERVICE.replace(
  '  recorder.started()',
  `  recorder.started()
  const startedAt = performance.now()
  if (request.url === '/') {
    return void fetch(process.env.PAYMENT_URL + '/').then(({ status }) => status, () => 503).then((status) => {
      response.statusCode = status
      response.end('placed')
      recorder.finished('GET /', status < 500 ? 'success' : 'failure', status, performance.now() - startedAt)
    })
  }`,
)

/** One that shows nothing of itself. */
const PLAIN = `
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  response.statusCode = request.url === '/metrics' ? 404 : 200
  response.end(process.env.WATERTIGHT_INSTANCE)
})
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeAllConnections() })
`

const SHOP = `watertight: v1
system: shop # the one on the corner
services:
  order:
    run: node service.mjs
    health: { live: /healthz, ready: /healthz }
    objective: { availability: 99.5% }
    calls: { payment: { policy: standard } }
  payment: { run: node plain.mjs, health: { live: /healthz, ready: /healthz } }
policies:
  standard: { timeout: { total: 1s }, breaker: { failureRate: 50% } }
`

/** Done after the test, the last first. */
export function afterwards(close: () => Promise<unknown>): void {
  onTestFinished(async () => void (await close()), 60_000)
}

/** The document of a shop, beside its program. */
export async function shopFolder(text: string = SHOP): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'console-'))
  afterwards(() => rm(folder, { recursive: true, force: true }))
  await symlink(MODULES, join(folder, 'node_modules'))
  await writeFile(join(folder, 'service.mjs'), SERVICE)
  await writeFile(join(folder, 'caller.mjs'), CALLER)
  await writeFile(join(folder, 'plain.mjs'), PLAIN)
  await writeFile(join(folder, 'watertight.yaml'), text)
  return join(folder, 'watertight.yaml')
}

function systemOf(text: string): SystemModel {
  const { system, problems } = readManifest(text, 'watertight.yaml')
  if (system === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  return system.model
}

/** A shop that runs, as `watertight up` runs it. */
export async function startShop(text: string = SHOP): Promise<{ readonly run: Run; readonly file: string }> {
  const file = await shopFolder(text)
  const control = new ControlServer()
  const run = await Run.start({
    file,
    text,
    system: systemOf(text),
    watertight: [process.execPath, WATERTIGHT],
    onEvent: (event) => control.tell(event),
  })
  afterwards(async () => {
    control.close()
    await run.kill()
  })
  await control.open(run, () => {})
  await run.ready
  return { run, file }
}

export async function openConsole(options: ConsoleOptions = {}): Promise<Console> {
  const opened = await Console.open({ port: 0, stepMs: 200, ...options })
  afterwards(() => opened.close())
  return opened
}

async function snapshotOf({ url }: Console): Promise<Snapshot> {
  const response = await fetch(`${url}/api/snapshot`, { signal: AbortSignal.timeout(5_000) })
  return (await response.json()) as Snapshot
}

/** Waits until what the console shows is as it is to be. */
export async function shows<Value>(opened: Console, what: (snapshot: Snapshot) => Value): Promise<Value> {
  return await vi.waitFor(async () => what(await snapshotOf(opened)), { timeout: 20_000, interval: 50 })
}

export async function act(
  { url, token }: Console,
  name: string,
  body: object,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${url}/api/actions/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
