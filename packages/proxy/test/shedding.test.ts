import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { readManifest } from '@watertight/manifest'
import { PRIORITY_HEADER } from '@watertight/traffic'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Proxy } from '../src/proxy.js'
import type { SheddingOptions } from '../src/exchange/admissions.js'
import {
  closedAfterEach,
  deadPort,
  eventually,
  gateway,
  gatewayModel,
  RawCaller,
  type RunningProxy,
  serveHttp,
} from './running-proxy.js'

const started = closedAfterEach()
/** One at a time, whatever it takes. */
const single = {
  algorithm: () => ({ update: (limit: number) => limit }),
  initialLimit: 1,
  queue: 1,
  intervalMs: 20_000,
}

interface Scene {
  readonly proxy: RunningProxy
  /** Of the requests that the service has been asked, those that it has not answered. */
  readonly held: ServerResponse[]
  readonly asked: string[]
}

/** A gateway in front of a service that holds what it is asked, but for `/quick`. */
async function sceneOf(shedding: SheddingOptions): Promise<Scene> {
  const held: ServerResponse[] = []
  const asked: string[] = []
  const { port } = await started(
    serveHttp((message, response) => {
      asked.push(message.url!)
      let length = 0
      message.on('data', (chunk: Buffer) => (length += chunk.length))
      if (message.url === '/quick') response.end('quick')
      else if (message.method === 'POST') message.on('end', () => response.end(String(length)))
      else held.push(response)
    }),
  )
  const text = `watertight: v1
system: test
services: { up: { port: ${port} } }
gateway: { listen: { port: 1 }, trust: [127.0.0.1/32], limits: { body: 20MB }, routes: [{ match: { path: / }, to: up, retry: off }] }`
  return { proxy: await started(gateway(text, undefined, undefined, shedding)), held, asked }
}

const total = ({ proxy }: Scene, metric: string): number => proxy.proxy.telemetry.registry.total(metric)

function ask({ proxy }: Scene, path: string, priority: number = 0): Promise<Response> {
  return fetch(`http://127.0.0.1:${proxy.port}${path}`, { headers: { [PRIORITY_HEADER]: String(priority) } })
}

it('has what is more than the limit wait, and sheds what is more than may wait, the least important first', async () => {
  const scene = await sceneOf({ limit: single })
  const first = ask(scene, '/first')
  await eventually(() => scene.held.length === 1)
  const second = ask(scene, '/second')
  await eventually(() => total(scene, 'watertight_server_requests_queued') === 1)
  const shed = await ask(scene, '/third')
  expect([shed.status, shed.headers.get('x-envoy-overloaded'), shed.headers.get('retry-after')]).toEqual([
    503,
    'true',
    '1',
  ])
  // More important than who waits: it takes the place.
  const important = ask(scene, '/important', 50)
  expect((await second).status).toBe(503)
  scene.held.shift()!.end('one')
  await eventually(() => scene.held.length === 1)
  scene.held.shift()!.end('two')
  expect([await (await first).text(), await (await important).text()]).toEqual(['one', 'two'])
  expect(scene.asked).toEqual(['/first', '/important'])
  expect(scene.proxy.lines.map(({ flags }) => flags)).toEqual(['UO', 'UO', '', ''])
  expect(total(scene, 'watertight_server_requests_limit')).toBe(1)
})

it('forgets who leaves while it waits, and frees what the one held who has left', async () => {
  const scene = await sceneOf({ limit: single })
  const first = new RawCaller(scene.proxy.port).send('GET /first HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => scene.held.length === 1)
  const waits = new RawCaller(scene.proxy.port).send('GET /waits HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => total(scene, 'watertight_server_requests_queued') === 1)
  waits.socket.destroy()
  await eventually(() => total(scene, 'watertight_server_requests_queued') === 0)
  first.socket.destroy()
  await eventually(async () => (await ask(scene, '/quick')).status === 200)
  expect(scene.asked).toEqual(['/first', '/quick'])
})

it('takes in little of a body while its request waits, and then all of it', async () => {
  const scene = await sceneOf({ limit: single })
  const first = ask(scene, '/first')
  await eventually(() => scene.held.length === 1)
  const upload = request({ port: scene.proxy.port, method: 'POST', path: '/upload' })
  onTestFinished(() => void upload.destroy())
  const answered = once(upload, 'response')
  let taken = 0
  const part = Buffer.alloc(65_536)
  const send = (): void => {
    if (taken === 256 * part.length) upload.end()
    else
      upload.write(part, () => {
        taken += part.length
        send()
      })
  }
  send()
  await eventually(() => total(scene, 'watertight_server_requests_queued') === 1 && taken > 0)
  await new Promise((resolve) => setTimeout(resolve, 100))
  // What the sockets of both sides hold, and not the 16 MB.
  expect(taken).toBeLessThan(256 * part.length)
  scene.held.shift()!.end()
  await first
  const [response] = (await answered) as [IncomingMessage]
  expect(Number(String(await response.toArray()))).toBe(256 * part.length)
})

it('sheds a share of the requests while the process has more to bear than it may', async () => {
  const scene = await sceneOf({ overload: { rssBytes: 1_000_000, sampleMs: 50 } })
  await eventually(async () => (await ask(scene, '/quick')).status === 503)
  expect(total(scene, 'watertight_server_overload_shed_total')).toBeGreaterThan(0)
  // What matters most is let in as long as there is any other.
  await eventually(async () => (await ask(scene, '/quick', 100)).status === 200)
})

it('limits what comes to the process beside a sidecar, and not what that asks for', async () => {
  const held: ServerResponse[] = []
  const { port } = await started(serveHttp((_request, response) => held.push(response)))
  const { system } = readManifest(
    `watertight: v1
system: test
enforce: sidecar
services:
  own: { port: ${await deadPort()}, sidecar: { application: ${port} }, calls: { up: { retry: off } } }
  up: { port: ${port} }`,
    'watertight.yaml',
  )
  const proxy = new Proxy({
    model: system!.model,
    posture: { kind: 'sidecar', service: 'own' },
    shedding: { limit: { ...single, queue: 0 } },
  })
  await proxy.listen()
  onTestFinished(() => proxy.destroy())
  const portOf = (wanted: string): number => proxy.ports.find(({ name }) => name === wanted)!.port
  const calls = [1, 2].map(() => fetch(`http://127.0.0.1:${portOf('up')}/`))
  await eventually(() => held.length === 2)
  const inbound = fetch(`http://127.0.0.1:${portOf('inbound')}/`)
  await eventually(() => held.length === 3)
  expect((await fetch(`http://127.0.0.1:${portOf('inbound')}/`)).status).toBe(503)
  for (const response of held) response.end()
  expect((await Promise.all([...calls, inbound])).map(({ status }) => status)).toEqual([200, 200, 200])
})

describe('what the document sheds', () => {
  const documentOf = (port: number, shedding: string): string => `watertight: v1
system: test
services: { up: { port: ${port} } }
gateway: { listen: { port: 1 }, ${shedding} routes: [{ match: { path: / }, to: up, retry: off }] }`
  const limitOf = ({ proxy }: RunningProxy): number =>
    proxy.telemetry.registry.total('watertight_server_requests_limit')

  it('is shed without an option of the program, and changes with the document', async () => {
    const held: ServerResponse[] = []
    const { port } = await started(serveHttp((_request, response) => held.push(response)))
    const proxy = await started(gateway(documentOf(port, 'shedding: { concurrency: 1, queue: 0 },')))
    const first = fetch(`http://127.0.0.1:${proxy.port}/`)
    await eventually(() => held.length === 1)
    const shed = await fetch(`http://127.0.0.1:${proxy.port}/`)
    expect([shed.status, proxy.lines.at(-1)?.['flags']]).toEqual([503, 'UO'])
    await proxy.proxy.reload(gatewayModel(documentOf(port, 'shedding: { concurrency: 2, queue: 0 },')))
    const second = fetch(`http://127.0.0.1:${proxy.port}/`)
    await eventually(() => held.length === 2)
    for (const response of held) response.end()
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200])
  })

  it('goes before what the program was told, also where it says off', async () => {
    const { port } = await started(serveHttp((_request, response) => response.end()))
    const limits = ['', 'shedding: { concurrency: 7 },', 'shedding: off,'].map(async (shedding) => {
      const proxy = await started(gateway(documentOf(port, shedding), undefined, undefined, {}))
      return limitOf(proxy)
    })
    expect(await Promise.all(limits)).toEqual([100, 7, 0])
  })
})
