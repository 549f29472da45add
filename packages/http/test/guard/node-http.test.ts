import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { guardedServer } from './guarded-server.js'

/** Everything that comes back for what is sent on one connection, which the server closes. */
async function exchange(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write([...lines, '', ''].join('\r\n'))
  return text(socket)
}

it('refuses a body that is too long to a caller whom Node has asked for it', async () => {
  let handled = 0
  await using server = await guardedServer(
    (_message, response) => {
      handled += 1
      response.end()
    },
    { bodyBytesMax: 1_000 },
  )
  const asked = ['POST / HTTP/1.1', 'host: x', 'content-length: 5000000', 'expect: 100-continue']
  expect(await exchange(server.port, asked)).toMatch(
    /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 413 [^]*\r\nconnection: close\r\n[^]*WT_BODY_TOO_LARGE/i,
  )
  expect(handled).toBe(0)
})

it('guards a request that would like another protocol as any other while nobody listens to upgrades', async () => {
  await using server = await guardedServer((_message, response) => response.end('plain'))
  const upgrade = ['GET / HTTP/1.1', 'host: x', 'connection: upgrade, close', 'upgrade: websocket']
  expect(await exchange(server.port, upgrade)).toMatch(/HTTP\/1.1 200 OK\r\n[^]*plain/)
  const expired = [...upgrade, 'x-envoy-expected-rq-timeout-ms: 0']
  expect(await exchange(server.port, expired)).toMatch(/HTTP\/1.1 504 /)
})

it('tells of a handler that fails after its answer', async () => {
  const errors: unknown[] = []
  let fail: (error: Error) => void = () => undefined
  await using server = await guardedServer(
    (_message, response) => {
      response.end('ok')
      return new Promise((_resolve, reject) => (fail = reject))
    },
    { onError: (error) => errors.push(error) },
  )
  expect(await exchange(server.port, ['GET / HTTP/1.1', 'host: x', 'connection: close'])).toMatch(/ok$/)
  await expect.poll(() => server.guard.inFlight).toBe(0)
  const lost = new Error('audit record lost')
  fail(lost)
  await expect.poll(() => errors).toEqual([lost])
})

it('leaves an answer whole whose handler fails right after it', async () => {
  const errors: unknown[] = []
  const lost = new Error('audit record lost')
  await using server = await guardedServer(
    (_message, response) => {
      response.end('x'.repeat(20_000_000))
      throw lost
    },
    { onError: (error) => errors.push(error) },
  )
  const answer = await exchange(server.port, ['GET / HTTP/1.1', 'host: x', 'connection: close'])
  expect(answer.endsWith('x'.repeat(20_000_000))).toBe(true)
  expect(errors).toEqual([lost])
})

it('forgets requests that were sent ahead on a connection which then ends', async () => {
  const answers: (() => void)[] = []
  await using server = await guardedServer(
    ({ url }, response) =>
      void answers.push(() => void response.writeHead(200, { connection: 'close' }).end(url)),
    { shedding: { initialLimit: 3, maxLimit: 3 } },
  )
  for (const ends of ['by the first answer', 'by its caller']) {
    const socket = connect(server.port, '127.0.0.1')
    const requests = ['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
    socket.write(requests.join(''))
    await expect.poll(() => answers.length).toBe(3)
    if (ends === 'by its caller') socket.destroy()
    else answers.shift()?.()
    await expect.poll(() => server.guard.inFlight, { message: ends }).toBe(0)
    for (const answer of answers.splice(0)) answer()
    await expect.poll(() => server.guard.abandoned).toBe(0)
    socket.destroy()
  }
})
