import { expect, it } from 'vitest'
import { eventually, serveHttp } from '../running-proxy.js'
import { answersIn, GET, OK, Scene } from './scene.js'

const scene = new Scene()
const LARGE = 8_000_000
const TOO_LARGE = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch'
const upload = (length: number, ...lines: string[]): string =>
  ['POST / HTTP/1.1', 'Host: a', `Content-Length: ${length}`, ...lines, '', ''].join('\r\n')
const CHUNKED = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'

it('a service refuses an upload at once: the caller reads that, however much it still sends', async () => {
  const service = await scene.service(({ socket }, heads) => {
    if (heads > 0) socket.write(TOO_LARGE)
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upload(LARGE))
  // As many clients do: all of it first, and the answer afterwards.
  caller.socket.pause()
  caller.send('x'.repeat(LARGE))
  await eventually(() => caller.socket.writableLength === 0, 10_000)
  caller.socket.resume()
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 413 [^]*connection: close\r\n[^]*much$/i)
  expect(proxy.lines).toMatchObject([{ status: 413, flags: '' }])
})

it.each([
  ['a length that is over the limit', `${upload(LARGE)}${'x'.repeat(LARGE)}`],
  ['chunks that come to more than the limit', `${CHUNKED}7a1200\r\n${'x'.repeat(LARGE)}\r\n0\r\n\r\n`],
])('the gateway refuses %s: the caller reads that', async (_name, bytes) => {
  const service = await scene.service(() => undefined)
  const proxy = await scene.gateway(service.port, 'limits: { body: 1MB }')
  const caller = scene.caller(proxy)
  caller.socket.pause()
  caller.send(bytes)
  await eventually(() => caller.socket.writableLength === 0, 10_000)
  caller.socket.resume()
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 413 [^]*connection: close\r\n/)
  expect(caller.received.match(/HTTP\/1.1/g)).toHaveLength(1)
  expect(proxy.lines).toMatchObject([{ status: 413, flags: 'DPE' }])
  expect(service.connections.every(({ received }) => !received.endsWith('0\r\n\r\n'))).toBe(true)
})

it('an upload that comes byte by byte has its time, which ends with 408 and a line in the log', async () => {
  const service = await scene.service(() => undefined)
  const proxy = await scene.gateway(service.port, 'limits: { requestTimeout: 200ms }')
  const caller = scene.caller(proxy, upload(1_000))
  const timer = setInterval(() => caller.send('x'), 20)
  await eventually(() => caller.ended)
  clearInterval(timer)
  expect(caller.received).toMatch(/^HTTP\/1.1 408 [^]*connection: close\r\n/)
  expect(proxy.lines).toMatchObject([{ status: 408, flags: 'DPE' }])
  await eventually(() => service.connections.every(({ closed }) => closed))
})

it('Expect is answered by the service where the document says so, whose 100 reaches the caller', async () => {
  const service = await scene.service((connection, heads) => {
    if (heads === 1 && !connection.received.endsWith('hi'))
      connection.socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    else connection.socket.write(OK)
  })
  const proxy = await scene.gateway(service.port, 'continue: service')
  const caller = scene.caller(proxy, upload(2, 'Expect: 100-continue'))
  expect(await caller.until(/\r\n\r\n$/)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  expect(service.connections[0]!.received).toMatch(/expect: 100-continue/i)
  caller.send('hi')
  expect(await caller.until(/ok$/)).toContain('200 OK')
})

it('a service that refuses at Expect gets no body, and its answer closes the connection', async () => {
  const service = await scene.answering('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
  const proxy = await scene.gateway(service.port, 'continue: service')
  const caller = scene.caller(proxy, upload(2, 'Expect: 100-continue'))
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 401 [^]*connection: close\r\n/)
  caller.socket.end()
  await eventually(() => service.connections[0]!.closed)
})

it('nobody is told to go on whose request is refused', async () => {
  const proxy = await scene.gateway(1, 'limits: { body: 1MB }')
  const caller = scene.caller(proxy, upload(2_000_000, 'Expect: 100-continue'))
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 413 /)
})

it('a service may answer while it reads, both ways at once', async () => {
  const service = await scene.add(
    serveHttp((request, response) => {
      response.writeHead(200)
      request.on('data', (chunk: Buffer) => response.write(chunk)).on('end', () => response.end())
    }),
  )
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, `${CHUNKED}5\r\nfirst\r\n`)
  await caller.until(/5\r\nfirst\r\n$/)
  caller.send('6\r\nsecond\r\n')
  await caller.until(/6\r\nsecond\r\n$/)
  caller.send('0\r\n\r\n')
  expect(await caller.until(/\r\n0\r\n\r\n$/)).toMatch(/^HTTP\/1.1 200 /)
})

it('a caller that leaves in the midst of an upload leaves no request that looks whole', async () => {
  const service = await scene.service(() => undefined)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, `${CHUNKED}5\r\nfirst\r\n`)
  await eventually(() => service.connections[0]?.received.endsWith('first\r\n') === true)
  caller.socket.end()
  await eventually(() => service.connections[0]!.closed)
  expect(service.connections[0]!.received).not.toContain('0\r\n\r\n')
  expect(proxy.lines).toMatchObject([{ status: 0, flags: 'DC' }])
})

it('a service that hangs up in the midst of an upload is told of, and the caller can read that', async () => {
  const service = await scene.service(({ socket, received }) => {
    if (received.length > 100_000) socket.destroy()
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, upload(LARGE))
  caller.send('x'.repeat(LARGE))
  await eventually(() => caller.ended, 10_000)
  expect(caller.received).toMatch(/^HTTP\/1.1 503 [^]*connection: close\r\n/)
  expect(proxy.lines).toMatchObject([{ status: 503, flags: 'UC' }])
})

it('requests with an empty body keep its length, and a chunked one of nothing ends', async () => {
  const service = await scene.echo()
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, `${upload(0)}${CHUNKED}0\r\n\r\n${GET}`)
  await eventually(() => answersIn(caller) === 3)
  expect(caller.received).toMatch(/"Content-Length","0"/)
  expect(caller.received.match(/"transfer-encoding","chunked"/gi)).toHaveLength(1)
})
