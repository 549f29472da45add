import { once } from 'node:events'
import { connect, constants, createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { StreamAnswer } from './stream-answer.js'

const BODY = Buffer.from('the answer')

interface Told {
  readonly status: unknown
  readonly trailers: string
  readonly body: string
  readonly code: number
}

/** What a client gets of an answer that is made by `tell`. */
async function told(tell: (answer: StreamAnswer, stream: ServerHttp2Stream) => void): Promise<Told> {
  const server = createServer().listen(0, '127.0.0.1')
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    tell(new StreamAnswer(stream, () => undefined), stream)
  })
  await once(server, 'listening')
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const stream = client.request({ ':path': '/' })
  let [status, body, trailers]: [unknown, string, string] = [undefined, '', '']
  stream.on('error', () => undefined)
  stream.on('response', (headers) => (status = headers[':status']))
  stream.on('trailers', (headers) => (trailers = String(headers['x-sum'])))
  stream.setEncoding('utf8').on('data', (text: string) => (body += text))
  await once(stream, 'close')
  return { status, trailers, body, code: stream.rstCode }
}

it('is whole when it came within a turn', async () => {
  const { status, body, code } = await told((answer) => {
    answer.head(200, 'content-length: 10\r\n', false)
    answer.data(BODY, 0, BODY.length)
    answer.finish('')
  })
  expect([status, body, code]).toEqual([200, 'the answer', constants.NGHTTP2_NO_ERROR])
})

it('has its trailers, whether they came within the turn or later', async () => {
  for (const later of [(end: () => void) => end(), (end: () => void) => setImmediate(end)]) {
    const { trailers, body } = await told((answer) => {
      answer.head(200, '', false)
      answer.data(BODY, 0, BODY.length)
      later(() => answer.finish('x-sum: 7\r\n'))
    })
    expect([trailers, body]).toEqual(['7', 'the answer'])
  }
})

it('goes nowhere when its stream has closed before the turn ends', async () => {
  for (const end of [(answer: StreamAnswer) => answer.finish(''), () => undefined]) {
    const { status, code } = await told((answer, stream) => {
      answer.head(200, '', false)
      answer.data(BODY, 0, BODY.length)
      stream.close(constants.NGHTTP2_CANCEL)
      end(answer)
    })
    expect([status, code]).toEqual([undefined, constants.NGHTTP2_CANCEL])
  }
})
