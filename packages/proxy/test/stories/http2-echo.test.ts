import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type ClientHttp2Session, connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import type { Running } from '../running-proxy.js'
import { Scene } from './scene.js'

const scene = new Scene()
const AT_ONE_TIME = 16
const ROUNDS = 6

/** A service of HTTP/2 that gives back what it is sent as it comes, with its length in the trailers. */
async function echo(windowBytes: number): Promise<Running> {
  const server = createServer({ settings: { initialWindowSize: windowBytes } })
  server.on('session', (session) => onTestFinished(() => session.destroy()))
  server.on('stream', (stream) => {
    let length = 0
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-length': String(length) }))
    stream.on('data', (chunk: Buffer) => (length += chunk.length))
    stream.pipe(stream)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return scene.add(Promise.resolve({ port, close: () => server.close() }))
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

async function askByHttp1(port: number, body: Buffer<ArrayBuffer>): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
  return digest(Buffer.from(await response.arrayBuffer()))
}

async function askByHttp2(session: ClientHttp2Session, body: Buffer): Promise<string> {
  const stream = session.request({ ':method': 'POST', ':path': '/' })
  const trailers = once(stream, 'trailers') as Promise<[Record<string, string>]>
  stream.end(body)
  const bytes = await buffer(stream)
  expect((await trailers)[0]['x-length']).toBe(String(body.length))
  return digest(bytes)
}

it.each([1_000, 65_535, 1_000_000])(
  'what a service of HTTP/2 sends back while it reads is what it was sent, over windows of %i bytes',
  async (windowBytes) => {
    const service = await echo(windowBytes)
    const { port } = await scene.gateway(service.port, '', ', protocol: h2', ', retry: off')
    const session = connect(`http://127.0.0.1:${port}`)
    onTestFinished(() => session.destroy())
    for (let round = 0; round < ROUNDS; round++) {
      const bodies = Array.from({ length: AT_ONE_TIME }, (_, index) =>
        randomBytes(1 + ((round * 7_919 + index * 104_729) % 200_000)),
      )
      const asked = bodies.map((body, index) =>
        index % 2 === 0 ? askByHttp1(port, body) : askByHttp2(session, body),
      )
      expect(await Promise.all(asked)).toEqual(bodies.map(digest))
    }
  },
  30_000,
)
