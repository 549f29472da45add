import { once } from 'node:events'
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { constant } from '@watertight/policy'
import { afterEach, expect, it } from 'vitest'
import { createFetch, type FetchOptions, RefusedStreamError, type ResilientFetch } from '../../src/index.js'
import { selfSignedCertificate } from '../../src/testing/index.js'

const certificate = selfSignedCertificate()
let server: Http2SecureServer | undefined
let send: ResilientFetch | undefined

afterEach(async () => {
  await send?.destroy()
  server?.close()
})

/** A client of a server that speaks HTTP/2 and does that with each stream, by its number. */
async function serving(
  answer: (stream: ServerHttp2Stream, number: number) => void,
  options: Partial<FetchOptions> = {},
): Promise<ResilientFetch> {
  let streams = 0
  server = createSecureServer({ ...certificate })
  server.on('stream', (stream) => {
    streams += 1
    stream.on('error', () => undefined)
    answer(stream, streams)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  send = createFetch({
    endpoints: `https://localhost:${port}`,
    allowH2: true,
    tls: { ca: certificate.cert },
    retry: { on: ['refused-stream'], backoff: constant({ ms: 0 }) },
    ...options,
  })
  return send
}

function respond(stream: ServerHttp2Stream, body: string): void {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' })
  stream.end(body)
}

it('answers calls at the same time', async () => {
  const call = await serving((stream, number) => respond(stream, `answer ${number}`))
  await (await call('/')).text()
  const three = await Promise.all([call('/'), call('/'), call('/')])
  const bodies = await Promise.all(three.map((response) => response.text()))
  expect(bodies.toSorted()).toEqual(['answer 2', 'answer 3', 'answer 4'])
  expect(call.endpoints[0]!.active).toBe(0)
})

it('tries a refused stream again, even for a POST, since nobody looked at it', async () => {
  const call = await serving((stream, number) => {
    if (number === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM)
    else respond(stream, 'done')
  })
  const response = await call('/', { method: 'POST', body: 'order' })
  expect(await response.text()).toBe('done')
})

it('names a refused stream as what it is', async () => {
  const call = await serving((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM), { retry: false })
  const failure = await call('/').catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(RefusedStreamError)
  expect(failure).toMatchObject({ code: 'WT_REFUSED_STREAM', failureClass: 'refused-stream' })
})

it('gives up one stream and leaves the others alone', async () => {
  const call = await serving(
    (stream, number) => {
      if (number > 1) respond(stream, 'done')
    },
    { retry: false },
  )
  const patience = new AbortController()
  const hung = call('/', { signal: patience.signal }).catch((error: unknown) => error)
  const other = await call('/')
  patience.abort()
  expect(await hung).toMatchObject({ name: 'AbortError' })
  expect(await other.text()).toBe('done')
  expect(await (await call('/')).text()).toBe('done')
})
