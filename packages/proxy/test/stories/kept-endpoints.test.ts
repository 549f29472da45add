import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { destinationsOf, eventually, gateway, gatewayModel, type RunningProxy } from '../running-proxy.js'
import { GET, OK, Scene, type Service } from './scene.js'

const scene = new Scene()
const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

const documentOf = (endpoints: readonly number[], service: string = '', policy: string = ''): string =>
  `watertight: v1
system: test
services: { up: { endpoints: [${endpoints.map((port) => `"127.0.0.1:${port}"`).join(', ')}]${service} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, retry: off${policy} }] }`

const gatewayTo = (...words: Parameters<typeof documentOf>): Promise<RunningProxy> =>
  scene.add(gateway(documentOf(...words)))

async function status({ port }: RunningProxy): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/`)).status
}

it('tunnels that a service resets, as it does when it restarts, are no failures that leave it out', async () => {
  const sockets = (): Promise<Service> =>
    scene.service(({ socket, received }) => socket.write(/upgrade/i.test(received) ? SWITCHED : OK))
  const services = [await sockets(), await sockets()]
  const proxy = await gatewayTo(
    services.map(({ port }) => port),
    '',
    ', balance: round-robin, ejection: { consecutiveFailures: 2, baseEjection: 60s, maxEjected: 100% }',
  )
  for (let tunnels = 1; tunnels <= 8; tunnels++) {
    const caller = scene.caller(proxy, UPGRADE)
    await caller.until(/\r\n\r\n$/)
    for (const { connections } of services) connections.at(-1)?.socket.resetAndDestroy()
    await eventually(() => caller.closed || caller.ended)
  }
  const before = services.map(({ connections }) => connections.length)
  for (let calls = 0; calls < 4; calls++) expect(await status(proxy)).toBe(200)
  const opened = services.map(({ connections }, index) => connections.length - before[index]!)
  expect(Math.min(...opened)).toBeGreaterThan(0)
})

it('a service that resets in the midst of switching is told of, and the gateway lives', async () => {
  const service = await scene.service(({ socket, received }) => {
    if (!/upgrade/i.test(received)) return socket.write(OK)
    return socket.write('HTTP/1.1 101 Swit', () => socket.resetAndDestroy())
  })
  const proxy = await gatewayTo([service.port])
  expect(await scene.caller(proxy, UPGRADE).until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 503 /)
  expect(await status(proxy)).toBe(200)
})

it('an address that stands in the document three times is one, before and after a change', async () => {
  const service = await scene.answering(OK)
  const { port } = service
  const proxy = await gatewayTo([port, port, port], ', health: { ready: / }')
  expect(await status(proxy)).toBe(200)
  const other = await scene.answering(OK)
  await proxy.proxy.reload(gatewayModel(documentOf([other.port, other.port, port], ', health: { ready: / }')))
  expect(destinationsOf(proxy.proxy)[0]!.endpoints.all).toHaveLength(2)
  expect(await status(proxy)).toBe(200)
  await proxy.proxy.reload(gatewayModel(documentOf([other.port], ', health: { ready: / }')))
  // At once, and not when they have been idle for their time.
  await eventually(() => service.connections.every(({ closed }) => closed), 2_000)
  expect(await status(proxy)).toBe(200)
})

it('all endpoints are replaced by others whose health nobody knows yet, and no call is refused', async () => {
  const answering = async (): Promise<number> => {
    const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const ready = ', health: { ready: /, interval: 60s }'
  const proxy = await gatewayTo([await answering(), await answering()], ready)
  const seen = new Set<number>()
  for (let changes = 0; changes < 5; changes++) {
    seen.add(await status(proxy))
    await proxy.proxy.reload(gatewayModel(documentOf([await answering(), await answering()], ready)))
    seen.add(await status(proxy))
  }
  expect([...seen]).toEqual([200])
})

it('a caller that asks for the end of its connection is told that it ends, though the one to the service goes on', async () => {
  const service = await scene.answering(OK)
  const proxy = await gatewayTo([service.port])
  for (let calls = 0; calls < 3; calls++) {
    const caller = scene.caller(proxy, GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    expect(await caller.until(/ok$/)).toMatch(/\r\nconnection: close\r\n/i)
    await eventually(() => caller.ended)
  }
  expect(service.connections).toHaveLength(1)
})

it('hints lose what belongs to one connection over HTTP/1.1, too', async () => {
  const hint =
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: x-own\r\nX-Own: 1\r\nKeep-Alive: timeout=9\r\n'
  const service = await scene.answering(`${hint}Content-Length: 0\r\n\r\n${OK}`)
  const received = await scene.caller(await gatewayTo([service.port]), GET).until(/ok$/)
  expect(received).toMatch(/^HTTP\/1\.1 103 /)
  expect(received.split('\r\n\r\n')[0]!.split('\r\n').slice(1)).toEqual(['Link: </a.css>'])
})
