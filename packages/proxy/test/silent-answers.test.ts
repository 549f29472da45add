import { expect, it } from 'vitest'
import type { Socket } from 'node:net'
import {
  closedAfterEach,
  eventually,
  gateway,
  gatewayTo,
  RawCaller,
  type Running,
  serveRaw,
} from './running-proxy.js'

const started = closedAfterEach()

/** A service that does this with each connection on which something is asked. */
function asked(answer: (socket: Socket) => void): Promise<Running> {
  return started(serveRaw((socket) => void socket.once('data', () => answer(socket))))
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

it.each([
  ['after the head', HEAD],
  ['in the middle of the body', `${HEAD}some`],
])('cuts an answer whose endpoint falls silent %s', async (_name, sent) => {
  const upstream = await asked((socket) => socket.write(sent))
  const proxy = await started(gatewayTo(upstream.port, '{timeout: { idle: 60ms, total: 20s }}'))
  const caller = new RawCaller(proxy.port).send(REQUEST)
  await eventually(() => caller.closed || caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 200 /)
  expect(proxy.lines).toMatchObject([{ status: 200, flags: 'SI' }])
})

it('gives up on an endpoint that says nothing at all, if the document limits the silence', async () => {
  const upstream = await asked(() => undefined)
  const proxy = await started(
    gatewayTo(upstream.port, '{timeout: { idle: 60ms, total: 20s }, retry: { attempts: 1 }}'),
  )
  const caller = new RawCaller(proxy.port).send(REQUEST)
  expect(await caller.until(/ 504 /)).toMatch(/^HTTP\/1.1 504 /)
  expect(proxy.lines).toMatchObject([{ status: 504, flags: 'UT' }])
})

it('lets an answer take longer than a silence may last, as long as it speaks', async () => {
  const upstream = await asked((socket) => {
    socket.write(HEAD)
    let parts = 0
    const timer = setInterval(() => {
      socket.write('0123456789')
      parts += 1
      if (parts === 10) clearInterval(timer)
    }, 40)
  })
  const proxy = await started(gatewayTo(upstream.port, '{timeout: { idle: 300ms, total: 20s }}'))
  const caller = new RawCaller(proxy.port).send(REQUEST)
  await caller.until(/(0123456789){10}$/)
  await eventually(() => proxy.lines.length === 1)
  expect(proxy.lines).toMatchObject([{ status: 200, flags: '' }])
})

it('does not take a caller that reads slowly for a silent endpoint', async () => {
  const part = Buffer.alloc(65_536)
  let isHeld = false
  const upstream = await asked((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const more = (): void => {
      while (socket.writable && socket.write(part));
      isHeld = true
    }
    socket.on('drain', more)
    more()
  })
  const proxy = await started(gatewayTo(upstream.port, '{timeout: { idle: 80ms, total: 20s }}'))
  const caller = new RawCaller(proxy.port)
  caller.socket.pause()
  caller.send(REQUEST)
  await eventually(() => isHeld)
  // Several times the limit, in which nothing flows.
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(proxy.lines).toEqual([])
  caller.socket.destroy()
})

it('closes a tunnel in which nobody speaks, if the document limits the silence', async () => {
  const upstream = await asked((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.on('data', (bytes) => socket.write(bytes))
  })
  const proxy = await started(gatewayTo(upstream.port, '{timeout: { idle: 60ms }}'))
  const caller = new RawCaller(proxy.port)
  caller.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
  await caller.until(/101 /)
  caller.send('hello')
  await caller.until(/hello/)
  await eventually(() => caller.closed || caller.ended)
  expect(proxy.lines).toMatchObject([{ status: 101, flags: 'SI' }])
})

it.each([
  ['goes on after it, where nobody has written a total', '{timeout: { idle: 20s }}', ''],
  ['is cut by it, where somebody has', '{timeout: { total: 20s }}', 'UT'],
])('a stream that its caller waits less long for %s', async (_name, policy, flags) => {
  const upstream = await asked((socket) => {
    socket.write(HEAD)
    setTimeout(() => socket.write('x'.repeat(100)), 300)
  })
  const proxy = await started(
    gateway(`watertight: v1
system: test
services: { up: { port: ${upstream.port} } }
gateway:
  listen: { port: 1 }
  trust: [127.0.0.1]
  routes: [{ match: { path: / }, to: up, ${policy.slice(1, -1)} }]`),
  )
  const caller = new RawCaller(proxy.port).send(
    'GET / HTTP/1.1\r\nHost: a\r\nx-envoy-expected-rq-timeout-ms: 100\r\n\r\n',
  )
  await eventually(() => caller.closed || caller.received.endsWith('x'))
  await eventually(() => proxy.lines.length === 1)
  expect(proxy.lines).toMatchObject([{ status: 200, flags }])
  expect(caller.received.endsWith('x')).toBe(flags === '')
})
