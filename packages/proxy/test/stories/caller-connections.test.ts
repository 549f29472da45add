import { expect, it } from 'vitest'
import { destinationsOf, eventually } from '../running-proxy.js'
import { answersIn, GET, OK, Scene } from './scene.js'

const scene = new Scene()
const LAST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

it('a head that comes byte by byte is answered by 408, told in the log, and reaches no service', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port, 'limits: { headersTimeout: 150ms }')
  const caller = scene.caller(proxy, 'GET / HTTP/1.1\r\nHost: a\r\nX-')
  const timer = setInterval(() => caller.send('a'), 20)
  await eventually(() => caller.ended)
  clearInterval(timer)
  expect(caller.received).toMatch(/^HTTP\/1.1 408 [^]*connection: close\r\n/)
  expect(proxy.lines).toMatchObject([
    { status: 408, flags: 'DPE', detail: 'the request did not come in time' },
  ])
  expect(service.connections).toHaveLength(0)
})

it('a caller that connects and says nothing is closed without a word', async () => {
  const proxy = await scene.gateway(1, 'limits: { headersTimeout: 100ms }')
  const caller = scene.caller(proxy)
  await eventually(() => caller.ended)
  expect(caller.received).toBe('')
})

it('an idle caller is closed in its time, and a request that is under way then is not cut', async () => {
  const service = await scene.service(({ socket }) => setTimeout(() => socket.write(OK), 300))
  const proxy = await scene.gateway(service.port, 'limits: { idle: 100ms }')
  const caller = scene.caller(proxy, GET)
  expect(await caller.until(/ok$/)).toContain('200 OK')
  await eventually(() => caller.ended)
})

it('a caller that has said all may still hear the answers to two requests', async () => {
  const service = await scene.echo()
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy)
  caller.socket.end(GET.replace('/', '/first') + GET.replace('/', '/second'))
  await eventually(() => caller.ended)
  expect(caller.received.match(/"url":"\/\w+"/g)).toEqual(['"url":"/first"', '"url":"/second"'])
})

it('a caller that has said all may still be reading', async () => {
  const LARGE = 6_000_000
  const service = await scene.answering(
    `HTTP/1.1 200 OK\r\nContent-Length: ${LARGE}\r\n\r\n${'x'.repeat(LARGE)}`,
  )
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/x/)
  caller.socket.pause()
  caller.socket.end()
  await new Promise((resolve) => setTimeout(resolve, 50))
  caller.socket.resume()
  await eventually(() => caller.ended || caller.closed, 10_000)
  expect(caller.received.length).toBeGreaterThan(LARGE)
})

it('nothing behind a request that closes the connection is answered', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, LAST + GET)
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close\r\n[^]*ok$/)
  expect(service.connections.map(({ received }) => received.match(/GET/g)?.length)).toEqual([1])
})

it('a caller that closes while his answer is written harms nobody else', async () => {
  const service = await scene.answering(
    `HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(900_000)}`,
  )
  const proxy = await scene.gateway(service.port)
  for (let n = 0; n < 20; n++) {
    const caller = scene.caller(proxy, GET)
    await caller.until(/x/)
    caller.socket.resetAndDestroy()
  }
  const caller = scene.caller(proxy, LAST)
  await eventually(() => caller.ended)
  expect(caller.received.length).toBeGreaterThan(900_000)
  await eventually(() => destinationsOf(proxy.proxy)[0]!.active === 0)
})

it.each([
  ['431', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(400_000)}`, 'the head is larger than the limit'],
  [
    '431',
    `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: a\r\n'.repeat(1_000)}`,
    'there are more headers than the limit',
  ],
  ['414', `GET /${'a'.repeat(400_000)}`, 'the request line is longer than the limit'],
  ['400', `GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense${'x'.repeat(400_000)}`, 'the method must be a token'],
])(
  '%s is read by a caller that looks for it once he has sent all, and has a line',
  async (status, bytes, detail) => {
    const service = await scene.answering(OK)
    const proxy = await scene.gateway(service.port)
    const caller = scene.caller(proxy)
    caller.socket.pause()
    caller.send(bytes)
    await eventually(() => caller.socket.writableLength === 0)
    caller.socket.resume()
    await eventually(() => caller.ended)
    expect(caller.received).toMatch(new RegExp(`HTTP/1.1 ${status} [^]*connection: close\\r\\n`))
    expect(proxy.lines.at(-1)).toMatchObject({ status: Number(status), flags: 'DPE', from: '127.0.0.1' })
    expect(proxy.lines.at(-1)?.['detail']).toContain(detail)
  },
)

it('a long request line and a thousand cookies in one line pass as they are', async () => {
  const service = await scene.echo()
  const proxy = await scene.gateway(service.port)
  const cookies = Array.from({ length: 1_000 }, (_, n) => `c${n}=${n}`).join('; ')
  const target = `/${'a'.repeat(4_000)}`
  const caller = scene.caller(
    proxy,
    `GET ${target} HTTP/1.1\r\nHost: a\r\nCOOKIE: ${cookies}\r\ncookie: last=1\r\n\r\n`,
  )
  const received = await caller.until(/}/)
  expect(received).toContain(`"url":"${target}"`)
  expect(received).toContain(`"COOKIE","${cookies}"`)
  expect(received).toContain('"cookie","last=1"')
})

it('a target that names its host goes on as a path, its query with it', async () => {
  const service = await scene.echo()
  const proxy = await scene.gateway(service.port)
  const urlOf = async (target: string): Promise<string | undefined> => {
    const caller = scene.caller(proxy, `GET ${target} HTTP/1.1\r\nHost: a.example:81\r\n\r\n`)
    return /"url":"([^"]*)"/.exec(await caller.until(/}/))?.[1]
  }
  expect(await urlOf('http://a.example:81/b/c?d=http://e/f')).toBe('/b/c?d=http://e/f')
  expect(await urlOf('http://a.example:81')).toBe('/')
  expect(await urlOf('HTTP://A.EXAMPLE:81?q')).toBe('/?q')
})

it('OPTIONS for the server as a whole is answered, and leaves the connection as it was', async () => {
  const service = await scene.echo()
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, `OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n${GET}`)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).toMatch(/"method":"GET"/)
})

it('a caller that leaves without having read keeps neither the service nor the log waiting', async () => {
  const LARGE = 60_000_000
  const service = await scene.service(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE}\r\n\r\n`)
    socket.write(Buffer.alloc(LARGE))
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy)
  caller.socket.pause()
  caller.send(GET)
  await eventually(
    () => service.connections[0] !== undefined && service.connections[0].socket.bytesWritten > 0,
  )
  caller.socket.resetAndDestroy()
  await eventually(() => proxy.lines.length === 1)
  expect(proxy.lines).toMatchObject([{ status: 200, flags: 'DC' }])
  await eventually(() => service.connections[0]!.closed)
})

it('requests that come together are answered one after the other, however slow the first', async () => {
  let asked = 0
  const service = await scene.service(({ socket }) => {
    asked += 1
    const name = `answer ${asked}`
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n${name}`
    if (asked === 1) setTimeout(() => socket.write(answer), 100)
    else socket.write(answer)
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET + GET + LAST)
  await eventually(() => caller.ended)
  expect(caller.received.match(/answer \d/g)).toEqual(['answer 1', 'answer 2', 'answer 3'])
})

it('a caller has connected and not asked yet when the gateway drains: it is answered, and its connection closed', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy)
  await eventually(() => proxy.proxy.ask('stats')['listener.gateway.connections'] === 1)
  const drained = proxy.proxy.drain()
  caller.send(GET)
  await caller.until(/ok$/)
  expect(caller.received).toMatch(/^HTTP\/1.1 200[^]*connection: close/i)
  await eventually(() => caller.closed || caller.ended)
  caller.socket.end()
  await drained
})

it('a caller that asks once more while the gateway drains is answered, and learns that it was the last time', async () => {
  const service = await scene.answering(OK)
  const proxy = await scene.gateway(service.port)
  const [asking, idle] = [scene.caller(proxy, GET), scene.caller(proxy, GET)]
  await Promise.all([asking.until(/ok$/), idle.until(/ok$/)])
  const drained = proxy.proxy.drain()
  asking.send(GET)
  await asking.until(/ok.*ok$/s)
  expect(asking.received).toMatch(/connection: close\r\n\r\nok$/)
  asking.socket.end()
  // Those that do not are let go.
  await eventually(() => idle.closed || idle.ended)
  idle.socket.end()
  await drained
})
