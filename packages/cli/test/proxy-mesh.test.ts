import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { inFolder, PROGRAM, watertight } from './run-process.js'

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A service that answers with these statuses in turn, and then with 200, and what it was asked. */
async function service(...statuses: number[]): Promise<{ port: number; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    response.writeHead(statuses.shift() ?? 200).end(request.url)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, asked }
}

const base = (port: number, order: number): string => `watertight: v1
system: shop
services: { order: { port: ${order} } }
gateway: { listen: { port: ${port}, host: 127.0.0.1 }, routes: [{ match: { path: /own }, respond: { status: 418 } }] }
`

const virtualService = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop }
spec:
  hosts: ['*']
  gateways: [shop-gateway]
  exportTo: ['.']
  http:
    - match: [{ uri: { prefix: /api } }, { uri: { exact: /health } }]
      rewrite: { uri: /v2 }
      retries: { attempts: 2, retryOn: '503', perTryTimeout: 2s }
      timeout: 5s
      route: [{ destination: { host: order } }]
    - match: [{ uri: { prefix: /off } }]
      retries: { attempts: 0 }
      route: [{ destination: { host: order } }]
    - match: [{ uri: { prefix: /gone } }]
      fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }
      route: [{ destination: { host: order } }]
    - match: [{ uri: { prefix: /never } }]
      fault: { abort: { httpStatus: 503 } }
      route: [{ destination: { host: order } }]
`

const httpRoute = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop }
spec:
  rules:
    - matches: [{ path: { type: PathPrefix, value: /api } }]
      timeouts: { request: 5s }
      backendRefs: [{ name: order, port: 80 }]
`

async function running(
  words: readonly string[],
  files: Readonly<Record<string, string>>,
  then: (told: () => string, cwd: string) => Promise<void>,
): Promise<void> {
  await inFolder(files, async (cwd) => {
    const child = spawn(process.execPath, [PROGRAM, 'proxy', '--gateway', ...words, '--workers', '1'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
    try {
      const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
      expect([String(line), told]).toEqual([expect.stringMatching(/^ready: gateway/), expect.anything()])
      await then(() => told, cwd)
    } finally {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
  })
}

it('routes by a VirtualService to the addresses of the manifest, and names what it does not take over', async () => {
  const { port: order, asked } = await service(503, 503, 200, 503, 200)
  const port = await freePort()
  const files = { 'watertight.yaml': base(port, order), 'mesh/shop.yaml': virtualService }
  const words = ['--manifest', 'watertight.yaml', '--istio', 'mesh']
  await running(words, files, async (told) => {
    const status = async (path: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).status
    // One try and two more.
    expect([await status('/api/things'), asked.map(({ url }) => url)]).toEqual([
      200,
      ['/v2/things', '/v2/things', '/v2/things'],
    ])
    // Attempts of 0 are none after the first.
    expect([await status('/off'), asked.length]).toEqual([503, 4])
    // An abort is no call, and is not tried again; without a percentage it strikes nobody.
    expect([await status('/gone'), asked.length]).toEqual([503, 4])
    expect([await status('/never'), asked.length]).toEqual([200, 5])
    // A prefix is one of letters; the other match of the same route, and a route of the manifest.
    expect([await status('/apis'), await status('/health'), await status('/own')]).toEqual([200, 200, 418])
    expect(told()).toContain('VirtualService/shop.spec.exportTo')
  })
})

it('takes over routes of Istio as they change, and keeps those in force where a file is bad', async () => {
  const { port: order } = await service()
  const port = await freePort()
  const files = { 'watertight.yaml': base(port, order), 'mesh/shop.yaml': virtualService }
  const words = ['--manifest', 'watertight.yaml', '--istio', 'mesh']
  await running(words, files, async (told, cwd) => {
    const mesh = join(cwd, 'mesh/shop.yaml')
    const text = async (path: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      return `${response.status} ${await response.text()}`
    }
    expect(await text('/api/x')).toBe('200 /v2/x')
    writeFileSync(mesh, virtualService.replace('uri: /v2', 'uri: /v3'))
    await vi.waitUntil(async () => (await text('/api/x')) === '200 /v3/x', { timeout: 20_000 })
    writeFileSync(mesh, `${virtualService}\n  : [`)
    await vi.waitUntil(() => told().includes('what was in force stays'), { timeout: 20_000 })
    expect(await text('/api/x')).toBe('200 /v3/x')
    // A file more, and the manifest beside them.
    const more = virtualService
      .replaceAll('name: shop', 'name: more')
      .replace('prefix: /api', 'prefix: /more')
    writeFileSync(mesh, virtualService)
    writeFileSync(join(cwd, 'mesh/more.yaml'), more)
    await vi.waitUntil(async () => (await text('/more')) === '200 /v2', { timeout: 20_000 })
    expect(await text('/own')).toBe('418 ')
    writeFileSync(join(cwd, 'watertight.yaml'), base(port, order).replace('status: 418', 'status: 410'))
    await vi.waitUntil(async () => (await text('/own')) === '410 ', { timeout: 20_000 })
  })
})

it('needs no manifest where a Gateway and a ServiceEntry say the rest', async () => {
  const { port: order } = await service()
  const port = await freePort()
  const places = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: shop-gateway }
spec: { servers: [{ port: { number: ${port}, name: http, protocol: HTTP }, hosts: ['*'] }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: order }
spec:
  hosts: [order]
  ports: [{ number: ${order}, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1 }]
`
  await running(
    ['--istio', 'mesh'],
    { 'mesh/shop.yaml': virtualService, 'mesh/places.yaml': places },
    async () => {
      expect(await (await fetch(`http://127.0.0.1:${port}/api/things`)).text()).toBe('/v2/things')
    },
  )
})

it('routes by an HTTPRoute', async () => {
  const { port: order } = await service()
  const port = await freePort()
  const files = { 'watertight.yaml': base(port, order), 'route.yaml': httpRoute }
  await running(['--manifest', 'watertight.yaml', '--gateway-api', 'route.yaml'], files, async () => {
    const text = async (path: string): Promise<string> =>
      await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    await vi.waitUntil(async () => (await text('/api/x')) === '/api/x', { timeout: 20_000 })
    expect((await fetch(`http://127.0.0.1:${port}/apix`)).status).toBe(404)
  })
})

it.each([
  [['--istio', 'route.yaml', '--gateway-api', 'route.yaml'], 2, /name either --istio or --gateway-api/],
  [['--istio', 'nothing.yaml'], 3, /a VirtualService, a DestinationRule or an HTTPRoute is needed/],
])('%j is answered by what is allowed', async (words, code, message) => {
  const files = { 'route.yaml': httpRoute, 'nothing.yaml': 'kind: Pod\nmetadata: { name: x }\n' }
  await inFolder(files, async (cwd) => {
    const ended = await watertight(['proxy', '--gateway', ...words], { cwd })
    expect([ended.code, ended.err]).toEqual([code, expect.stringMatching(message)])
  })
})
