import { expect, it } from 'vitest'
import { destinationsOf, eventually } from '../running-proxy.js'
import { answersIn, GET, OK, Scene, type Service } from './scene.js'

const scene = new Scene()
const upgrade = (protocol: string, ...lines: string[]): string =>
  ['GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade', `Upgrade: ${protocol}`, ...lines, '', ''].join('\r\n')
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

const switching = (): Promise<Service> => scene.answering(SWITCHED, 'echo')

it('a service that will not upgrade is heard, and both connections go on', async () => {
  const service = await scene.answering('HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone', OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await caller.until(/none$/)
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
  expect(service.connections).toHaveLength(1)
  expect(destinationsOf(proxy.proxy)[0]!.active).toBe(0)
})

it('no caller talks past the routes by an upgrade to HTTP/2', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  for (const protocol of ['h2c', 'H2C', 'websocket, h2c']) {
    const settings = 'HTTP2-Settings: AAMAAABkAAQAAP__'
    const caller = scene.caller(
      proxy,
      upgrade(protocol, settings).replace('Upgrade\r\n', 'Upgrade, HTTP2-Settings\r\n'),
    )
    expect(await caller.until(/ok$/)).toContain('200 OK')
  }
  for (const { received } of service.connections) expect(received).not.toMatch(/upgrade|http2-settings|h2c/i)
})

it('nobody changes the protocol whom nobody has asked', async () => {
  const service = await switching()
  const proxy = await scene.gateway(service.port)
  expect(await scene.caller(proxy, GET).until(/error/)).toMatch(/^HTTP\/1.1 502 /)
})

it('a caller that is reset leaves no connection to the service', async () => {
  const service = await switching()
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await caller.until(/\r\n\r\n$/)
  caller.socket.resetAndDestroy()
  await eventually(() => service.connections[0]!.closed)
  await eventually(() => destinationsOf(proxy.proxy)[0]!.active === 0)
  expect(proxy.lines).toMatchObject([{ status: 101, flags: 'DC' }])
})

it('a service that is reset leaves no connection to the caller', async () => {
  const service = await switching()
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await caller.until(/\r\n\r\n$/)
  service.connections[0]!.socket.resetAndDestroy()
  await eventually(() => caller.closed || caller.ended)
  expect(proxy.lines).toMatchObject([{ status: 101, flags: 'UC' }])
})

it('a caller that leaves before the protocol has changed leaves no connection to the service', async () => {
  const service = await scene.service(() => undefined)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await eventually(() => service.connections[0]?.received.endsWith('\r\n\r\n') === true)
  caller.socket.destroy()
  await eventually(() => service.connections[0]?.closed === true)
  expect(proxy.lines).toMatchObject([{ status: 0, flags: 'DC' }])
})

it('what a service says last reaches the caller before the end', async () => {
  const service = await scene.service(({ socket }) =>
    socket.end(`${SWITCHED}${'x'.repeat(500_000)}last words`),
  )
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/last words$/)
})

it('what a caller says last reaches the service before the end, and the service may answer', async () => {
  const service = await scene.service(({ socket }, heads) => {
    if (heads === 1 && socket.bytesWritten === 0) socket.write(SWITCHED)
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await caller.until(/\r\n\r\n$/)
  const { socket } = service.connections[0]!
  socket.removeAllListeners('end').on('end', () => socket.end('heard'))
  caller.socket.end(`${'x'.repeat(500_000)}last words`)
  await eventually(() => caller.ended)
  expect(service.connections[0]!.received).toMatch(/last words$/)
  expect(caller.received).toMatch(/heard$/)
})

it('a tunnel in which nobody speaks is not cut by limits for requests', async () => {
  const service = await scene.service(({ socket }) => {
    if (socket.bytesWritten === 0) socket.write(SWITCHED)
    else socket.write('pong')
  })
  const limits = 'limits: { idle: 60ms, headersTimeout: 60ms, requestTimeout: 60ms }'
  const proxy = await scene.gateway(service.port, limits, '', ', timeout: { attempt: 100ms, total: 150ms }')
  const caller = scene.caller(proxy, upgrade('websocket'))
  await caller.until(/\r\n\r\n$/)
  await new Promise((resolve) => setTimeout(resolve, 400))
  caller.send('ping')
  expect(await caller.until(/pong$/)).toMatch(/pong$/)
})

it('a tunnel lets each side write no faster than the other reads', async () => {
  const LARGE = 40_000_000
  const service = await scene.service(({ socket }, heads) => {
    if (heads === 1 && socket.bytesWritten === 0) socket.write(SWITCHED)
    socket.pause()
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upgrade('websocket'))
  await caller.until(/\r\n\r\n$/)
  caller.socket.write(Buffer.alloc(LARGE))
  let [before, unchanged] = [-1, 0]
  await eventually(() => {
    const left = caller.socket.writableLength
    unchanged = left === before ? unchanged + 1 : 0
    before = left
    return unchanged > 50
  }, 25_000)
  expect(caller.socket.bytesWritten).toBeGreaterThan(0)
  expect(caller.socket.writableLength).toBeGreaterThan(0)
})
