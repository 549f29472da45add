import { once } from 'node:events'
import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { guardedServer } from './guarded-server.js'

const bytesMax = 10_000

function upload(url: string, kilobytes: number): ClientRequest {
  const request = plainRequest(url, { method: 'POST', agent: false })
  request.on('error', () => undefined)
  for (let part = 0; part < kilobytes; part += 1) request.write('x'.repeat(1_000))
  return request
}

async function answerOf(request: ClientRequest): Promise<[number | undefined, string]> {
  const [message] = (await once(request, 'response')) as [IncomingMessage]
  return [message.statusCode, await text(message)]
}

it('gives the reader an error, and the caller a 413', async () => {
  const errors: unknown[] = []
  await using server = await guardedServer(
    async (message, response) => {
      await text(message).catch((error: unknown) => errors.push(error))
      response.statusCode = 413
      response.end('too long')
    },
    { bodyBytesMax: bytesMax },
  )
  const request = upload(server.url, 11)
  expect(await answerOf(request)).toEqual([413, 'too long'])
  expect(errors).toMatchObject([{ code: 'WT_BODY_TOO_LARGE', statusCode: 413, bytesMax }])
  request.end()
})

it('fails a reader that comes late just as well', async () => {
  let read: () => void = () => undefined
  const reading = new Promise<void>((resolve) => (read = resolve))
  await using server = await guardedServer(
    async (message, response) => {
      await reading
      response.end(await text(message))
    },
    { bodyBytesMax: 10 },
  )
  const request = upload(server.url, 1)
  request.end()
  await expect.poll(() => server.guard.inFlight).toBe(1)
  read()
  const [status, body] = await answerOf(request)
  expect([status, JSON.parse(body)]).toMatchObject([413, { code: 'WT_BODY_TOO_LARGE' }])
})

it('lets a handler answer that does not care for the body', async () => {
  await using server = await guardedServer((_message, response) => response.end('never mind'), {
    bodyBytesMax: 10,
  })
  const request = upload(server.url, 1)
  request.end()
  expect(await answerOf(request)).toEqual([200, 'never mind'])
})

it('lets a body of just the limit pass', async () => {
  await using server = await guardedServer(
    async (message, response) => response.end(String((await text(message)).length)),
    { bodyBytesMax: bytesMax },
  )
  const request = upload(server.url, 10)
  request.end()
  expect(await answerOf(request)).toEqual([200, '10000'])
})

it('waits with a sender of far too much until there is an answer, which arrives as a whole', async () => {
  let answer: () => void = () => undefined
  await using server = await guardedServer(
    (_message, response) => void (answer = () => response.end('never mind')),
    {
      bodyBytesMax: 10,
    },
  )
  const request = upload(server.url, 20_000)
  request.end()
  await expect.poll(() => server.guard.inFlight).toBe(1)
  answer()
  expect(await answerOf(request)).toEqual([200, 'never mind'])
})

it('cuts off a sender that never stops', async () => {
  const clock = virtualClock()
  await using server = await guardedServer(
    async (message, response) => {
      await text(message).catch(() => undefined)
      // No answer: only the guard can end this.
      response.setTimeout(0)
    },
    { bodyBytesMax: bytesMax, clock },
  )
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
  const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
  let sent = 0
  const send = (): void => {
    if (socket.destroyed || sent > 64 * 1024 * 1024) return
    sent += chunk.length
    socket.write(chunk, send)
  }
  send()
  await expect.poll(() => clock.advance(1_000).then(() => socket.destroyed)).toBe(true)
  expect(sent).toBeLessThan(16 * 1024 * 1024)
  await expect.poll(() => server.guard.inFlight).toBe(0)
})
