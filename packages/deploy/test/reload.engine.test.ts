import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EnvoyStartError, type EnvoyConfiguration, freePort, SupervisedEnvoy } from '../src/index.js'
import { compiled } from './compiled.js'

let folder: string
let upstreams: Server[] = []
let envoy: SupervisedEnvoy | undefined
const agent = new Agent({ keepAlive: true })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'envoy-reload-'))
})
afterEach(async () => {
  await envoy?.stop()
  envoy = undefined
  for (const server of upstreams) {
    server.closeAllConnections()
    server.close()
  }
  upstreams = []
  await rm(folder, { recursive: true })
})

/** Answers after some milliseconds, with its own name. */
async function upstream(name: string, delayMs: number = 0): Promise<number> {
  const server = createServer((_request, response) => {
    setTimeout(() => response.end(name), delayMs)
  })
  upstreams.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function get(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = ''
      response.on('data', (part: Buffer) => (body += part.toString()))
      response.on('end', () => resolve(`${response.statusCode} ${body}`))
      response.on('error', (error) => resolve(String(error)))
    })
    asked.on('error', (error) => resolve(String(error)))
    asked.end()
  })
}

interface Ports {
  readonly gateway: number
  readonly admin: number
}

/** A gateway in which `/shop` goes to the service of this name. */
function gateway(ports: Ports, to: string, services: Readonly<Record<string, number>>, more: object = {}) {
  return compiled(
    {
      watertight: 'v1',
      system: 'shop',
      services: Object.fromEntries(Object.entries(services).map(([name, port]) => [name, { port }])),
      gateway: { listen: { port: ports.gateway }, routes: [{ match: { path: '/shop' }, to, ...more }] },
    },
    { folder, posture: 'gateway', adminPort: ports.admin },
  )
}

async function started(ports: Ports, configuration: EnvoyConfiguration): Promise<SupervisedEnvoy> {
  envoy = new SupervisedEnvoy({ folder, adminPort: ports.admin, workers: 2 })
  await envoy.start(configuration)
  return envoy
}

it('takes up forty changes under load and loses no request, whatever the change is', async () => {
  const services = { one: await upstream('one', 2), two: await upstream('two', 2) }
  const ports = { gateway: await freePort(), admin: await freePort() }
  const running = await started(ports, gateway(ports, 'one', services))
  const over = new AbortController()
  const answers = new Map<string, number>()
  const caller = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const answer = await get(ports.gateway, '/shop')
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
    }
  }
  const callers = Array.from({ length: 8 }, caller)
  for (let change = 0; change < 40; change++) {
    // The cluster, its limits, the time limits of the route, and now and then another route.
    const to = change % 3 === 0 ? 'one' : 'two'
    const more = change % 2 === 0 ? { retry: { attempts: 2 } } : { timeout: { total: `${change + 1}s` } }
    expect(await running.apply(gateway(ports, to, services, more))).toBe('in-force')
  }
  over.abort()
  await Promise.all(callers)
  expect([...answers.keys()].toSorted()).toEqual(['200 one', '200 two'])
  expect(Math.min(...answers.values())).toBeGreaterThan(20)
})

it('goes on with what it had when it refuses a change', async () => {
  const services = { one: await upstream('one') }
  const ports = { gateway: await freePort(), admin: await freePort() }
  const running = await started(ports, gateway(ports, 'one', services))
  const broken = gateway(ports, 'one', services)
  const files = new Map(broken.files)
  files.set('routes/gateway.json', { version_info: 'broken', resources: [{ '@type': 'nonsense' }] })
  expect(await running.apply({ ...broken, files })).toBe('refused')
  expect(await get(ports.gateway, '/shop')).toBe('200 one')
  expect(await running.apply(gateway(ports, 'one', services, { retry: { attempts: 2 } }))).toBe('in-force')
})

it('is started again when it dies, and works by the same files', async () => {
  const services = { one: await upstream('one') }
  const ports = { gateway: await freePort(), admin: await freePort() }
  const running = await started(ports, gateway(ports, 'one', services))
  const { pid } = running
  process.kill(pid!, 'SIGKILL')
  await expect.poll(() => running.pid, { timeout: 60_000 }).not.toBe(pid)
  await expect.poll(() => get(ports.gateway, '/shop'), { timeout: 60_000 }).toBe('200 one')
})

it('lets what is under way end before it ends', async () => {
  const services = { slow: await upstream('slow', 500) }
  const ports = { gateway: await freePort(), admin: await freePort() }
  const running = await started(ports, gateway(ports, 'slow', services))
  const arrived = new Promise((resolve) => upstreams[0]!.once('request', resolve))
  const underWay = get(ports.gateway, '/shop')
  await arrived
  await running.stop()
  expect(await underWay).toBe('200 slow')
  expect(await get(ports.gateway, '/shop')).toContain('ECONNREFUSED')
})

it('says what Envoy says when it does not start', async () => {
  const port = await upstream('one')
  const ports = { gateway: await freePort(), admin: port }
  envoy = new SupervisedEnvoy({ folder, adminPort: port, workers: 1 })
  await expect(envoy.start(gateway(ports, 'one', { one: port }))).rejects.toThrow(EnvoyStartError)
})
