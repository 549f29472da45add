import { expect, it } from 'vitest'
import { connect } from 'node:net'
import {
  closedAfterEach,
  eventually,
  gateway,
  RawCaller,
  type Running,
  type RunningProxy,
  serveHttp,
  serveRaw,
} from './running-proxy.js'

const started = closedAfterEach()

function limited(port: number, limits: string, policy: string = ''): Promise<RunningProxy> {
  return started(
    gateway(`watertight: v1
system: test
services: { up: { port: ${port} } }
gateway:
  listen: { port: 1 }
  limits: ${limits}
  routes: [{ match: { path: / }, to: up${policy} }]`),
  )
}

const ok = (): Promise<Running> =>
  started(serveHttp((request, response) => request.resume().on('end', () => response.end('ok'))))

/** The value of something that grows, once it has not grown for a while. */
async function still(value: () => number): Promise<number> {
  let [last, since] = [-1, 0]
  await eventually(() => {
    const now = performance.now()
    if (value() !== last) [last, since] = [value(), now]
    return last > 0 && now - since > 150
  }, 20_000)
  return last
}

it('gives a head that comes byte by byte no more time than any other', async () => {
  const { port } = await limited((await ok()).port, '{ headersTimeout: 150ms }')
  const caller = new RawCaller(port)
  const timer = setInterval(() => caller.send('G'), 20)
  await eventually(() => caller.ended)
  clearInterval(timer)
  expect(caller.received).toMatch(/^HTTP\/1.1 408 /)
})

it('closes a connection on which nothing is asked', async () => {
  const { port } = await limited((await ok()).port, '{ idle: 60ms }')
  const caller = new RawCaller(port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 200 /)
})

it('gives a whole request no more time than the document says', async () => {
  const { port } = await limited((await ok()).port, '{ requestTimeout: 150ms }')
  const caller = new RawCaller(port).send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n')
  const timer = setInterval(() => caller.send('x'), 20)
  await eventually(() => caller.ended)
  clearInterval(timer)
  expect(caller.received).toMatch(/^HTTP\/1.1 408 /)
})

it.each([
  ['a length', 'Content-Length: 1000\r\n\r\n'],
  ['chunks', `Transfer-Encoding: chunked\r\n\r\n3e8\r\n${'x'.repeat(1_000)}\r\n`],
])('refuses a body that is too large, by %s', async (_name, rest) => {
  const { port } = await limited((await ok()).port, '{ body: 100B }')
  const caller = new RawCaller(port).send(`PUT / HTTP/1.1\r\nHost: a\r\n${rest}`)
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 413 /)
})

it('closes after so many requests', async () => {
  const { port } = await limited((await ok()).port, '{ requestsPerConnection: 2 }')
  const caller = new RawCaller(port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3))
  await eventually(() => caller.ended)
  expect(caller.received.match(/HTTP\/1.1 200/g)).toHaveLength(2)
  expect(caller.received).toMatch(/connection: close/)
})

it('lets an answer come no faster than its caller reads it', async () => {
  let sent = 0
  const part = Buffer.alloc(65_536)
  const upstream = await started(
    serveRaw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        const more = (): void => {
          while (socket.writable && socket.write(part)) sent += part.length
        }
        socket.on('drain', more)
        more()
      })
    }),
  )
  const { port } = await limited(upstream.port, '{ idle: 60s }')
  const caller = connect(port, '127.0.0.1')
  caller.on('error', () => undefined)
  caller.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const held = await still(() => sent)
  // What the sockets of the system hold on both sides, and little more.
  expect(held).toBeLessThan(40 * 1_048_576)
  caller.resume()
  await eventually(() => sent > held + 10_000_000)
  caller.destroy()
})

it('lets a body come no faster than the service reads it', async () => {
  const upstream = await started(serveRaw((socket) => void socket.once('data', () => socket.pause())))
  const proxy = await limited(upstream.port, '{ body: off, requestTimeout: off }')
  const caller = connect(proxy.port, '127.0.0.1')
  caller.on('error', () => undefined)
  caller.write('PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  const part = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')])
  const more = (): void => {
    while (caller.writable && caller.write(part));
  }
  caller.on('drain', more)
  more()
  await still(() => caller.bytesWritten - caller.writableLength)
  expect(caller.writableLength).toBeGreaterThan(0)
  caller.destroy()
})

it('tells who comes beyond connections and those that may wait for one', async () => {
  const upstream = await started(serveRaw((socket) => socket.resume()))
  const proxy = await limited(
    upstream.port,
    '{ idle: 60s }',
    ', timeout: { total: 300ms }, bulkhead: { connections: 1, pending: 1, concurrency: 100 }',
  )
  const answers = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const response = await fetch(`http://127.0.0.1:${proxy.port}/`)
      await response.text()
      return `${response.status} ${response.headers.get('x-envoy-overloaded')}`
    }),
  )
  expect(answers.toSorted((a, b) => a.localeCompare(b))).toEqual(['503 true', '504 null', '504 null'])
  expect(proxy.lines.map(({ flags }) => String(flags)).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'UO',
    'UT',
    'UT',
  ])
})

it('ends what is under way before it stops', async () => {
  let answer: (() => void) | undefined
  const upstream = await started(serveHttp((_request, response) => (answer = () => response.end('late'))))
  const proxy = await limited(upstream.port, '{ idle: 60s }')
  const idle = new RawCaller(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => answer !== undefined)
  const drained = proxy.proxy.drain()
  expect(proxy.proxy.ready).toBe(false)
  const refused = new RawCaller(proxy.port)
  await eventually(() => refused.closed)
  answer!()
  expect(await idle.until(/late/)).toMatch(/^HTTP\/1.1 200 [^]*connection: close\r\n[^]*late$/)
  idle.socket.end()
  await drained
})
