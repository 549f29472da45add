import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it } from 'vitest'
import { destinationsOf, eventually, gateway } from '../running-proxy.js'
import { answersIn, GET, OK, Scene } from './scene.js'

const scene = new Scene()
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi'

it('a service has closed its idle connections: no GET is lost, and none is sent twice', async () => {
  // The three requests are there at once, so that each has a connection of its own.
  const asked: Socket[] = []
  const service = await scene.service(({ socket }, heads) => {
    asked.push(socket)
    if (asked.length === 3) for (const one of asked) one.write(OK)
    if (asked.length > 3) socket.write(heads === 1 ? OK : OK.replace('ok', 'no'))
  })
  const proxy = await scene.gateway(service.port, '', '', ', retry: off')
  const callers = [1, 2, 3].map(() => scene.caller(proxy, GET))
  await eventually(() => callers.every((caller) => answersIn(caller) === 1))
  // The request is there before the proxy can hear that its connections have closed.
  callers[0]!.send(GET)
  for (const { socket } of service.connections) socket.destroy()
  await eventually(() => answersIn(callers[0]!) === 2)
  expect(callers[0]!.received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(service.connections.map(({ received }) => received.split('GET').length - 1)).toEqual([1, 1, 1, 1])
  const metrics = proxy.proxy.telemetry.expose().body
  expect(metrics).toMatch(/attempts_total{[^\n]*error="reset-before-request"} 1\n/)
})

it('a service closes while a request to it is being written: the GET was not read, and goes out again', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port, '', '', ', retry: off')
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  // Read in the same turn of the event loop as the request, so that the connection closes before the turn's writes.
  const closer = await scene.service(() => service.connections[0]!.socket.destroy())
  const trigger = scene.caller(closer, '')
  await eventually(() => closer.connections.length === 1)
  caller.send(GET)
  trigger.send('now')
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(service.connections.map(({ received }) => received)).toEqual([
    expect.stringMatching(/^GET/),
    expect.stringMatching(/^GET/),
  ])
})

it('a service that reads a request and closes has had its attempt', async () => {
  const service = await scene.service(({ socket }, heads) => {
    if (heads === 1) socket.write(OK)
    else socket.destroy()
  })
  const proxy = await scene.gateway(service.port, '', '', ', retry: off')
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).toContain('HTTP/1.1 503')
  expect(service.connections).toHaveLength(1)
  expect(proxy.lines.at(-1)).toMatchObject({ status: 503, flags: 'UC', attempts: 1 })
})

it('a POST that meets a dead connection is told so, and never sent twice', async () => {
  const service = await scene.service(({ socket }, heads) => {
    if (heads === 1) socket.write(OK)
    else socket.destroy()
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  caller.send(POST)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).toContain('HTTP/1.1 503')
  expect(service.connections.filter(({ received }) => received.includes('POST'))).toHaveLength(1)
  expect(proxy.lines.at(-1)).toMatchObject({ method: 'POST', status: 503, flags: 'UC', attempts: 1 })
})

it('a POST that comes in the very turn in which its connection closes is sent by another one', async () => {
  const service = await scene.answering(OK, OK)
  const proxy = await scene.gateway(service.port, '', '', ', retry: off')
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  caller.send(POST)
  service.connections[0]!.socket.end()
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(service.connections.filter(({ received }) => received.includes('POST'))).toHaveLength(1)
})

it('what a service says before a request has been sent is not the answer to it', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  caller.send(POST)
  service.connections[0]!.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toContain('408')
})

it('what stands behind an answer is nobody’s answer', async () => {
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
  const service = await scene.answering(OK + poison)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toContain('poison')
  expect(service.connections).toHaveLength(2)
})

it('what a service says on an idle connection, such as 408, is nobody’s answer', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  service.connections[0]!.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')
  await eventually(() => service.connections[0]!.closed)
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toContain('408')
})

it('a service that speaks before it is asked is not listened to', async () => {
  const service = await scene.service(() => undefined)
  const proxy = await scene.gateway(service.port, '', '', ', timeout: { total: 300ms }')
  const caller = scene.caller(proxy, GET)
  await eventually(() => service.connections[0] !== undefined)
  service.connections[0]!.socket.write('220 mail.example ESMTP\r\n')
  expect(await caller.until(/HTTP\/1.1 \d+/)).toMatch(/^HTTP\/1.1 502 /)
})

it('an answer that came before the end of its request leaves a connection that is not used again', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  const uploading = scene.caller(proxy, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nfirst')
  await uploading.until(/ok$/)
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  expect(service.connections).toHaveLength(2)
  await eventually(() => service.connections[0]!.closed)
})

it('a caller that has left the queue takes no place in it', async () => {
  const service = await scene.service(() => undefined)
  const proxy = await scene.gateway(service.port, '', '', ', bulkhead: { connections: 1, pending: 1 }')
  const first = scene.caller(proxy, GET)
  await eventually(() => service.connections[0] !== undefined)
  for (let n = 0; n < 3; n++) {
    const leaving = scene.caller(proxy, GET)
    await eventually(() => destinationsOf(proxy.proxy)[0]!.active === 2)
    leaving.socket.destroy()
    await eventually(() => destinationsOf(proxy.proxy)[0]!.active === 1)
  }
  const waiting = scene.caller(proxy, GET)
  await eventually(() => destinationsOf(proxy.proxy)[0]!.active === 2)
  service.connections[0]!.socket.write(OK)
  await first.until(/ok$/)
  await eventually(() => service.connections[0]!.received.split('GET').length === 3)
  service.connections[0]!.socket.write(OK)
  expect(await waiting.until(/ok$/)).toContain('200 OK')
})

it('a caller that reads slowly leaves no connection behind that nobody reads', async () => {
  const LARGE = 60_000
  const REQUESTS = 250
  const service = await scene.answering(
    `HTTP/1.1 200 OK\r\nContent-Length: ${LARGE}\r\n\r\n${'x'.repeat(LARGE)}`,
  )
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy)
  caller.socket.pause()
  caller.send(GET.repeat(REQUESTS))
  // More is answered than the caller takes: the proxy holds the rest, and stops asking for more.
  const sent = (): number => service.connections.reduce((sum, { socket }) => sum + socket.bytesWritten, 0)
  let [before, unchanged] = [-1, 0]
  await eventually(() => {
    unchanged = sent() === before ? unchanged + 1 : 0
    before = sent()
    return before > 0 && unchanged > 50
  }, 25_000)
  caller.socket.resume()
  await eventually(() => caller.received.length > LARGE * REQUESTS, 25_000)
  expect(answersIn(caller)).toBe(REQUESTS)
})

it('a service that says that it closes is believed', async () => {
  const service = await scene.answering('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok')
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/ok$/)
  caller.send(POST)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toMatch(/connection: close/i)
  expect(service.connections).toHaveLength(2)
})

it('a service of HTTP/1.0 ends an answer with its connection, and its caller keeps his', async () => {
  const service = await scene.service(({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nold'))
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/0\r\n\r\n$/)
  expect(caller.received).toContain('3\r\nold\r\n0\r\n\r\n')
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
})

it('a HEAD answered without a length, and hung up on at once, costs the next request nothing', async () => {
  const service = await scene.service((connection) => {
    if (connection.received.startsWith('HEAD')) connection.socket.end('HTTP/1.1 200 OK\r\n\r\n')
    else connection.socket.write(OK)
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
  await caller.until(/\r\n\r\n$/)
  await eventually(() => service.connections[0]!.closed)
  caller.send(POST)
  await caller.until(/ok$/)
  expect(caller.received.match(/HTTP\/1.1 200/g)).toHaveLength(2)
})

it.each([
  ['an address of IPv6', '::1', '[::1]'],
  ['localhost, where the service listens on IPv4 alone', '127.0.0.1', 'localhost'],
])('an endpoint may be %s', async (_name, host, named) => {
  const server = createServer((_request, response) => response.end('ok')).listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await scene.add(Promise.resolve({ port, close: () => server.close().closeAllConnections() }))
  const proxy = await scene.add(
    gateway(`watertight: v1
system: test
services: { up: { endpoints: ["http://${named}:${port}"] } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up }] }`),
  )
  expect(await scene.caller(proxy, GET).until(/ok$/)).toContain('200 OK')
})
