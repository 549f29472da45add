import { expect, it } from 'vitest'
import { deadPort, eventually } from '../running-proxy.js'
import { answersIn, GET, OK, Scene } from './scene.js'

const scene = new Scene()
const HEAD = GET.replace('GET', 'HEAD')
const PLAIN_OK = /HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n/

it('HEAD keeps the length of the body that it does not have, and its connection', async () => {
  const service = await scene.answering('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n', OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, HEAD + GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).toMatch(/^HTTP\/1.1 200 OK\r\nContent-Length: 1000\r\n/)
  await caller.until(/ok$/)
  expect(service.connections).toHaveLength(1)
})

it('HEAD of a service that is down is answered without a body', async () => {
  const proxy = await scene.gateway(await deadPort())
  const caller = scene.caller(proxy, HEAD + HEAD)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).toMatch(/^HTTP\/1.1 503 [^]*\r\n\r\nHTTP\/1.1 503 [^]*\r\n\r\n$/)
  expect(caller.received).not.toContain('upstream connect error')
})

it('the body that a service sends in answer to HEAD is no answer to what follows', async () => {
  const service = await scene.answering('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison', OK)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, HEAD + HEAD)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toContain('poison')
  expect(service.connections).toHaveLength(2)
})

it.each(['204 No Content', '304 Not Modified'])(
  '%s has no body, whatever the service sends behind it',
  async (status) => {
    const service = await scene.service(({ socket }) => {
      socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 6\r\n\r\npoison`)
    })
    const proxy = await scene.gateway(service.port)
    const caller = scene.caller(proxy, GET + GET)
    await eventually(() => answersIn(caller) === 2)
    expect(caller.received).not.toContain('poison')
    expect(service.connections).toHaveLength(2)
  },
)

it('204 loses a length, which it must not have, and 304 keeps that of what it stands for', async () => {
  const lengthOf = async (status: string): Promise<string | undefined> => {
    const service = await scene.answering(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nX-Last: 1\r\n\r\n`)
    const caller = scene.caller(await scene.gateway(service.port), GET)
    return /content-length: (\d+)/i.exec(await caller.until(/\r\n\r\n$/))?.[1]
  }
  expect(await lengthOf('204 No Content')).toBe(undefined)
  expect(await lengthOf('304 Not Modified')).toBe('0')
})

it('304 and HEAD get no transfer coding for a body that they do not have', async () => {
  const head = '\r\nTransfer-Encoding: chunked\r\n\r\n'
  const service = await scene.answering(`HTTP/1.1 304 Not Modified${head}`, `HTTP/1.1 200 OK${head}`)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET + HEAD)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toMatch(/transfer-encoding/i)
  expect(service.connections).toHaveLength(1)
})

it('heads before the answer reach the caller, all of them', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'
  const service = await scene.answering(`HTTP/1.1 102 Processing\r\n\r\n${hints}${hints}${OK}`)
  const proxy = await scene.gateway(service.port)
  const received = await scene.caller(proxy, GET).until(/ok$/)
  expect(received.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9))).toEqual([
    '102',
    '103',
    '103',
    '200',
  ])
  expect(received.match(/Link: <\/a\.css>; rel=preload/g)).toHaveLength(2)
})

it('a head before the answer that announces a body is refused: the answer could be hidden in it', async () => {
  const hidden = 'HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n'
  const service = await scene.answering(`${hidden}${OK}`)
  const proxy = await scene.gateway(service.port, '', '', ', retry: off')
  const received = await scene.caller(proxy, GET).until(/error\n?$/)
  expect(received).toMatch(/^HTTP\/1.1 502 /)
  expect(received).not.toContain('103')
  expect(proxy.lines).toMatchObject([{ status: 502, flags: 'UPE' }])
})

it('204 with a transfer coding is passed on without it, and its connection is used for nothing else', async () => {
  const service = await scene.answering('HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n')
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await eventually(() => answersIn(caller) === 1)
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).not.toMatch(/transfer-encoding/i)
  expect(service.connections).toHaveLength(2)
})

it('100 that nobody waits for stays with the proxy', async () => {
  const service = await scene.answering(`HTTP/1.1 100 Continue\r\n\r\n${OK}`)
  const proxy = await scene.gateway(service.port)
  expect(await scene.caller(proxy, GET).until(/ok$/)).toMatch(/^HTTP\/1.1 200 /)
})

it('an answer without a length is whole when its connection ends', async () => {
  const service = await scene.service(({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'))
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  expect(await caller.until(/\r\n0\r\n\r\n$/)).toContain('9\r\nall of it\r\n0\r\n\r\n')
})

it('an answer without a length is cut when its connection is reset, and no caller takes it for whole', async () => {
  const service = await scene.service(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\nhalf of it', () => setTimeout(() => socket.resetAndDestroy(), 30))
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await caller.until(/half of it/)
  await eventually(() => caller.closed || caller.ended)
  expect(caller.received).not.toContain('0\r\n\r\n')
  expect(caller.ended).toBe(false)
  expect(proxy.lines).toMatchObject([{ status: 200, flags: 'UC' }])
})

it('a caller of HTTP/1.0 learns of a cut answer too, which for him has no other end', async () => {
  const service = await scene.service(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', () => {
      setTimeout(() => socket.destroy(), 30)
    })
  })
  const proxy = await scene.gateway(service.port, 'http10: true')
  const caller = scene.caller(proxy, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n')
  await caller.until(/\r\n\r\nhalf$/)
  await eventually(() => caller.closed || caller.ended)
  expect(caller.ended).toBe(false)
})

it('a chunked answer that ends between two chunks is cut', async () => {
  const service = await scene.service(({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
  })
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  await eventually(() => caller.closed || caller.ended)
  expect(caller.received).not.toContain('\r\n0\r\n')
  expect(proxy.lines).toMatchObject([{ flags: 'UC' }])
})

it.each([
  ['both a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
  ['two lengths that differ', 'Content-Length: 2\r\nContent-Length: 7'],
  ['a folded header line', 'X-A: 1\r\n 2\r\nContent-Length: 2'],
  ['a space before a colon', 'X-A : 1\r\nContent-Length: 2'],
])('an answer with %s is refused, with nothing of it passed on', async (_name, lines) => {
  const service = await scene.answering(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n0\r\n\r\nok`)
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  expect(await caller.until(/upstream protocol error/)).toMatch(/^HTTP\/1.1 502 /)
  expect(proxy.lines).toMatchObject([{ status: 502, flags: 'UPE' }])
  await eventually(() => service.connections[0]!.closed)
})

it('large heads pass, and an endless one is refused', async () => {
  const large = (bytes: number): string =>
    OK.replace('\r\nContent', `\r\nX-Token: ${'t'.repeat(bytes)}\r\nContent`)
  const service = await scene.answering(large(20_000), large(100_000))
  const proxy = await scene.gateway(service.port)
  const caller = scene.caller(proxy, GET)
  expect((await caller.until(/ok$/)).length).toBeGreaterThan(20_000)
  caller.send(GET)
  await eventually(() => answersIn(caller) === 2)
  expect(caller.received).toContain('HTTP/1.1 502 ')
})

it('every cookie arrives, in its order, and names of headers as they were written', async () => {
  const cookies = Array.from(
    { length: 60 },
    (_, n) => `${n % 2 === 0 ? 'Set-Cookie' : 'set-COOKIE'}: c${n}=${n}; Path=/`,
  )
  const service = await scene.answering(
    OK.replace('Content-Length', `${cookies.join('\r\n')}\r\nContent-Length`),
  )
  const proxy = await scene.gateway(service.port)
  const received = await scene.caller(proxy, GET).until(/ok$/)
  expect(received.match(/set-cookie: c\d+=\d+; Path=\//gi)).toEqual(cookies)
  expect(received).toMatch(/\r\nContent-Length: 2\r\n/)
})

it('a reason is not needed, and a status that nobody knows passes', async () => {
  const service = await scene.answering('HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nok')
  const proxy = await scene.gateway(service.port)
  expect(await scene.caller(proxy, GET).until(/ok$/)).toMatch(/^HTTP\/1.1 299/)
})

it('headers of one connection stay on it, those too that Connection names', async () => {
  const lines =
    'Connection: keep-alive, X-Internal\r\nX-Internal: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x'
  const service = await scene.answering(OK.replace('Content-Length', `${lines}\r\nContent-Length`))
  const proxy = await scene.gateway(service.port)
  const received = await scene.caller(proxy, GET).until(/ok$/)
  expect(received).toMatch(PLAIN_OK)
  expect(received).not.toMatch(/connection|keep-alive|internal/i)
})
