import { connect, constants } from 'node:http2'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { closedAfterEach, deadPort, eventually, gateway } from '../running-proxy.js'
import { answersIn, GET, OK, Scene } from './scene.js'

const scene = new Scene()
const started = closedAfterEach()

const headOf = (received: string): string => received.slice(0, received.indexOf('\r\n\r\n'))

it.each(['GET', 'DELETE', 'OPTIONS', 'PROPFIND'])(
  '%s may have a body, which the service gets',
  async (method) => {
    const service = await scene.answering(OK)
    const proxy = await scene.gateway(service.port)
    const caller = scene.caller(proxy, `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody`)
    await caller.until(/ok$/)
    expect(service.connections[0]!.received).toMatch(/content-length: 4\r\n[^]*\r\n\r\nbody$/i)
  },
)

it.each(['/?', '/a?', '/a?b=c?d', '/a//b///', '/%2F/a%20b', '/a;b=c/d', '/?q=%'])(
  'the target %s reaches the service as its caller wrote it',
  async (target) => {
    const service = await scene.answering(OK)
    const proxy = await scene.gateway(service.port)
    const caller = scene.caller(proxy, GET.replace('/ ', `${target} `))
    await eventually(() => answersIn(caller) === 1)
    const isTarget = !target.includes('=%')
    const told = isTarget ? headOf(service.connections[0]!.received) : headOf(caller.received)
    expect(told).toContain(isTarget ? `GET ${target} HTTP/1.1` : 'HTTP/1.1 ')
  },
)

it.each(['gzip', 'trailers, deflate;q=0.5', 'Trailers'])(
  'TE: %s says no more than trailers to a service',
  async (te) => {
    const service = await scene.answering(OK)
    const proxy = await scene.gateway(service.port)
    const caller = scene.caller(proxy, GET.replace('\r\n\r\n', `\r\nTE: ${te}\r\nConnection: TE\r\n\r\n`))
    await caller.until(/ok$/)
    const head = headOf(service.connections[0]!.received)
    expect(head).not.toMatch(/gzip|deflate/i)
    expect(/^te: (.*)$/im.exec(head)?.[1]).toBe(te === 'Trailers' ? 'trailers' : undefined)
  },
)

it.each(['shop.example', 'SHOP.example', 'shop.example:8443', 'shop.example.', 'shop.example.:80'])(
  'a route of a host takes what is asked of %s',
  async (host) => {
    const service = await scene.answering(OK)
    const proxy = await started(
      gateway(`watertight: v1
system: test
services: { up: { port: ${service.port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: /, hosts: [shop.example] }, to: up }] }`),
    )
    const caller = scene.caller(proxy, GET.replace('Host: a', `Host: ${host}`))
    await eventually(() => answersIn(caller) === 1)
    expect(caller.received).toMatch(/^HTTP\/1.1 200 /)
    expect(service.connections[0]!.received).toContain(`Host: ${host}\r\n`)
  },
)

it('a host is set to what it was, and a service gets one', async () => {
  const service = await scene.answering(OK)
  const proxy = await started(
    gateway(`watertight: v1
system: test
services: { up: { port: ${service.port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, rewrite: { host: a } }] }`),
  )
  await scene.caller(proxy, GET).until(/ok$/)
  expect(service.connections[0]!.received.match(/^host: .*$/gim)).toEqual(['host: a'])
})

it('an answer that is chunked twice is none', async () => {
  const twice = 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'
  const service = await scene.answering(`HTTP/1.1 200 OK\r\n${twice}\r\n2\r\nok\r\n0\r\n\r\n`)
  const proxy = await scene.gateway(service.port)
  expect(await scene.caller(proxy, GET).until(/error/)).toMatch(/^HTTP\/1.1 502 /)
  expect(proxy.lines).toMatchObject([{ status: 502, flags: 'UPE' }])
})

it('a POST of HTTP/2 that meets a dead connection is answered and told in the log, and its connection goes on', async () => {
  const service = await scene.service(({ socket, received }) => {
    if (received.startsWith('GET') && !received.includes('POST')) socket.write(OK)
    else socket.destroy()
  })
  const proxy = await scene.gateway(service.port)
  const session = connect(`http://127.0.0.1:${proxy.port}`).on('error', () => undefined)
  onTestFinished(() => session.destroy())
  const ask = async (method: string): Promise<unknown> => {
    const stream = session.request({ ':path': '/', ':method': method }, { endStream: method === 'GET' })
    if (method === 'POST') stream.end('body')
    const [headers] = (await once(stream.resume(), 'response')) as [Record<string, unknown>]
    await once(stream, 'close')
    return [headers[':status'], stream.rstCode]
  }
  const none = constants.NGHTTP2_NO_ERROR
  expect([await ask('GET'), await ask('POST'), await ask('GET')]).toEqual([
    [200, none],
    [503, none],
    [200, none],
  ])
  expect(proxy.lines.map(({ status, flags }) => [status, flags])).toEqual([
    [200, ''],
    [503, 'UC'],
    [200, ''],
  ])
})

it('an upgrade to a service that is down is answered, and its connection goes on', async () => {
  const proxy = await scene.gateway(await deadPort())
  const asked = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  const caller = scene.caller(proxy, asked + GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 503'])
})

it.each(['206 Partial Content', '416 Range Not Satisfiable', '425 Too Early', '207 Multi-Status'])(
  '%s passes with all that it says',
  async (status) => {
    const lines = 'Content-Range: bytes 0-1/10\r\nAccept-Ranges: bytes\r\nETag: "a"\r\n'
    const service = await scene.answering(`HTTP/1.1 ${status}\r\n${lines}Content-Length: 2\r\n\r\nok`)
    const proxy = await scene.gateway(service.port)
    const received = await scene.caller(proxy, GET).until(/ok$/)
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status.slice(0, 3)} `))
    expect(received).toContain(lines)
  },
)
