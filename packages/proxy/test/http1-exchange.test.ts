import { expect, it } from 'vitest'
import {
  closedAfterEach,
  deadPort,
  destinationsOf,
  eventually,
  gateway,
  gatewayTo,
  RawCaller,
  type Running,
  serveHttp,
  serveRaw,
} from './running-proxy.js'

const started = closedAfterEach()

const echo = (): Promise<Running> =>
  serveHttp((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const { method, url, headers, trailers } = request
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ method, url, headers, trailers, body }))
    })
  })

it('passes a request on, and its answer back, with what a service behind a gateway is told', async () => {
  const { port } = await started(gatewayTo((await started(echo())).port))
  const response = await fetch(`http://127.0.0.1:${port}/a?b=c`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-kept': '1', connection: 'close' },
  })
  const seen = (await response.json()) as { headers: Record<string, string> }
  expect(response.status).toBe(200)
  expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'hello' })
  expect(seen.headers).toMatchObject({
    'x-kept': '1',
    'x-envoy-attempt-count': '1',
    'x-forwarded-proto': 'http',
    'x-forwarded-for': '127.0.0.1',
  })
  expect(seen.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/)
  expect(response.headers.get('x-envoy-upstream-service-time')).toMatch(/^\d+$/)
})

it('answers requests that come together in their order', async () => {
  const { port } = await started(gatewayTo((await started(echo())).port))
  const caller = new RawCaller(port)
  caller.send([1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
  await caller.until(/"url":"\/3"/)
  expect([...caller.received.matchAll(/"url":"\/(\d)"/g)].map(([, n]) => n)).toEqual(['1', '2', '3'])
})

it('passes bodies of unknown length and their trailers on both ways', async () => {
  const upstream = await started(
    serveHttp((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' })
        response.write('part')
        response.addTrailers({ 'x-sum': String(request.trailers['x-in']) })
        response.end()
      })
    }),
  )
  const { port } = await started(gatewayTo(upstream.port))
  const caller = new RawCaller(port).send(
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n3\r\nabc\r\n0\r\nX-In: 7\r\n\r\n',
  )
  expect(await caller.until(/\r\n\r\n4\r\npart\r\n0\r\nx-sum: 7\r\n\r\n$/)).toContain(
    '4\r\npart\r\n0\r\nx-sum: 7',
  )
})

it('tries again at another endpoint, and says which attempt it was', async () => {
  let calls = 0
  const upstream = await started(
    serveHttp((request, response) => {
      calls += 1
      response.writeHead(calls === 1 ? 503 : 200).end(String(request.headers['x-envoy-attempt-count']))
    }),
  )
  const proxy = await started(
    gatewayTo(upstream.port, '{ retry: { attempts: 2, on: [503], backoff: { initial: 1ms } } }'),
  )
  const response = await fetch(`http://127.0.0.1:${proxy.port}/`)
  expect([response.status, await response.text(), calls]).toEqual([200, '2', 2])
  expect(proxy.lines).toMatchObject([{ status: 200, attempts: 2, flags: '' }])
})

it('sends the body again with another attempt', async () => {
  let calls = 0
  const upstream = await started(
    serveHttp((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        calls += 1
        response.writeHead(calls === 1 ? 503 : 200).end(body)
      })
    }),
  )
  const { port } = await started(
    gatewayTo(upstream.port, '{ retry: { attempts: 2, on: [503], backoff: { initial: 1ms } } }'),
  )
  const body = 'x'.repeat(100_000)
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'PUT', body })
  expect([response.status, (await response.text()) === body, calls]).toEqual([200, true, 2])
})

it.each([
  ['nobody listens', async () => ({ port: await deadPort() }), 503, 'UF'],
  [
    'the endpoint closes',
    () => started(serveRaw((socket) => socket.once('data', () => socket.destroy()))),
    503,
    'UC',
  ],
  [
    'what comes is not HTTP',
    () => started(serveRaw((socket) => socket.once('data', () => socket.write('SSH-2.0\r\n')))),
    502,
    'UPE',
  ],
  ['no answer comes in time', () => started(serveRaw((socket) => socket.resume())), 504, 'UT'],
] as const)('when %s, the caller is told so', async (_name, upstream, status, flags) => {
  const { port } = await upstream()
  const proxy = await started(gatewayTo(port, '{ timeout: { attempt: 100ms, total: 200ms } }'))
  const response = await fetch(`http://127.0.0.1:${proxy.port}/`)
  await response.text()
  expect(response.status).toBe(status)
  expect(proxy.lines).toMatchObject([{ status, flags }])
})

it('answers 404 where no route takes a request', async () => {
  const proxy = await started(
    gateway(`watertight: v1
system: test
services: { up: { port: 1 } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: /a, methods: [GET], hosts: [a.example] }, to: up }] }`),
  )
  const statusOf = async (head: string): Promise<string> => {
    const caller = new RawCaller(proxy.port).send(`${head}\r\n\r\n`)
    return (await caller.until(/\r\n\r\n/)).slice(9, 12)
  }
  expect(await statusOf('GET /a/b HTTP/1.1\r\nHost: A.example:80')).toBe('503')
  expect(await statusOf('GET /ab HTTP/1.1\r\nHost: a.example')).toBe('404')
  expect(await statusOf('POST /a HTTP/1.1\r\nHost: a.example')).toBe('404')
  expect(await statusOf('GET /a HTTP/1.1\r\nHost: b.example')).toBe('404')
})

it('matches and passes on one form of a path', async () => {
  const { port } = await started(gatewayTo((await started(echo())).port))
  const urlOf = async (target: string): Promise<string | undefined> => {
    const caller = new RawCaller(port).send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
    return /"url":"([^"]*)"|^HTTP\/1.1 (\d+)/
      .exec((await caller.until(/\r\n\r\n.+/)).replace(/^HTTP\/1.1 200[^]*?\r\n\r\n/, ''))
      ?.slice(1)
      .find((part) => part !== undefined)
  }
  expect(await urlOf('/a/./b/../c?d=/../')).toBe('/a/c?d=/../')
  expect(await urlOf('/%61%2fb/%2e%2e/c')).toBe('/c')
  expect(await urlOf('/a/..%2fb')).toBe('/a/..%2Fb')
  expect(await urlOf('/a/%2e%2e/../b')).toBe('400')
  expect(await urlOf('/a%00')).toBe('400')
  expect(await urlOf('http://a/x?y')).toBe('/x?y')
})

it.each([
  ['of a trusted caller', '[127.0.0.0/8]', 504],
  ['of nobody else', '[10.0.0.0/8]', 200],
])('heeds the time limit %s, and passes no control header on', async (_name, trust, status) => {
  const seen: (string | undefined)[] = []
  const upstream = await started(
    serveHttp(({ headers }, response) => {
      seen.push(headers['x-envoy-upstream-rq-timeout-ms'] as string | undefined)
      setTimeout(() => response.end(), 120)
    }),
  )
  const proxy = await started(
    gateway(`watertight: v1
system: test
services: { up: { port: ${upstream.port} } }
gateway: { listen: { port: 1 }, trust: ${trust}, routes: [{ match: { path: / }, to: up }] }`),
  )
  const headers = { 'x-envoy-upstream-rq-timeout-ms': '50' }
  const response = await fetch(`http://127.0.0.1:${proxy.port}/`, { headers })
  expect([response.status, seen]).toEqual([status, [undefined]])
})

it('refuses what is no request, and closes', async () => {
  const proxy = await started(gatewayTo(1))
  const caller = new RawCaller(proxy.port).send(
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
  )
  await eventually(() => caller.ended)
  expect(caller.received).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*connection: close\r\n/)
  expect(caller.received.match(/HTTP\/1.1/g)).toHaveLength(1)
})

it('tells a caller that waits for it to send its body', async () => {
  const { port } = await started(gatewayTo((await started(echo())).port))
  const caller = new RawCaller(port).send(
    'PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  )
  expect(await caller.until(/100 Continue\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  caller.send('hi')
  expect(await caller.until(/"body":"hi"/)).toContain('"body":"hi"')
})

it('answers a caller that says nothing more after its request', async () => {
  const { port } = await started(gatewayTo((await started(echo())).port))
  const caller = new RawCaller(port)
  caller.socket.end('GET /half HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await caller.until(/"url":"\/half"/)).toContain('200 OK')
})

it('becomes a tunnel where both sides change the protocol', async () => {
  const upstream = await started(
    serveRaw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst')
        socket.on('data', (chunk) => socket.write(chunk))
        socket.on('end', () => socket.end('last'))
      })
    }),
  )
  const { port } = await started(gatewayTo(upstream.port))
  const caller = new RawCaller(port).send(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly',
  )
  await caller.until(/firstearly$/)
  caller.send('more')
  expect(await caller.until(/firstearlymore$/)).toMatch(
    /^HTTP\/1.1 101 .*upgrade: echo\r\n\r\nfirstearlymore$/s,
  )
  caller.socket.end()
  await eventually(() => caller.ended)
})

it('ends the request to the endpoint when the caller leaves', async () => {
  let closed = false
  const upstream = await started(serveRaw((socket) => socket.resume().on('close', () => (closed = true))))
  const proxy = await started(gatewayTo(upstream.port))
  const caller = new RawCaller(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => destinationsOf(proxy.proxy)[0]!.active === 1)
  caller.socket.destroy()
  await eventually(() => closed)
  expect(proxy.lines).toMatchObject([{ status: 0, flags: 'DC' }])
})

it('passes an answer that never ends on as it comes, and cuts it where it is cut', async () => {
  const upstream = await started(
    serveRaw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
        socket.once('data', () => undefined)
        setTimeout(() => socket.resetAndDestroy(), 50)
      })
    }),
  )
  const proxy = await started(gatewayTo(upstream.port))
  const caller = new RawCaller(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await caller.until(/part$/)
  await eventually(() => caller.closed || caller.ended)
  expect(proxy.lines).toMatchObject([{ status: 200, flags: 'UC' }])
})
