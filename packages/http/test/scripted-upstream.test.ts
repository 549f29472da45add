import { once } from 'node:events'
import { get, request as plainRequest, type IncomingMessage } from 'node:http'
import { get as secureGet } from 'node:https'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { rawResponse } from './raw-response.js'
import { resetAt, scriptedUpstream } from './scripted-upstream.js'
import { selfSignedCertificate } from '../src/testing/index.js'

/** Everything that comes back on a fresh connection until it ends, and how it ends. */
async function exchange(port: number, sent: string): Promise<{ received: string; ending: string }> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
  let ending = 'end'
  socket.on('error', (error: NodeJS.ErrnoException) => (ending = error.code ?? ''))
  socket.write(sent)
  await new Promise((resolve) => socket.on('close', resolve))
  return { received, ending }
}

const greeting = 'GET /a HTTP/1.1\r\nhost: x\r\n\r\n'

it('follows its script from request to request, and repeats the last line of it', async () => {
  await using upstream = await scriptedUpstream([
    { at: 'accept', after: 'reset' },
    resetAt(rawResponse(), 20),
    { bytes: 'HTTP/1.1 ', after: 'end' },
  ])
  expect((await exchange(upstream.port, '')).ending).toBe('ECONNRESET')
  expect(await exchange(upstream.port, greeting)).toEqual({
    received: rawResponse().slice(0, 20),
    ending: 'ECONNRESET',
  })
  expect(await exchange(upstream.port, greeting)).toEqual({ received: 'HTTP/1.1 ', ending: 'end' })
  expect(await exchange(upstream.port, greeting)).toEqual({ received: 'HTTP/1.1 ', ending: 'end' })
  expect(upstream.requests.map(({ path, connection }) => [path, connection])).toEqual([
    ['/a', 2],
    ['/a', 3],
    ['/a', 4],
  ])
  expect(upstream.connections).toBe(4)
})

it('refuses connections until it accepts again', async () => {
  await using upstream = await scriptedUpstream([{ bytes: rawResponse(), after: 'end' }])
  await upstream.refuse()
  expect((await exchange(upstream.port, greeting)).ending).toBe('ECONNREFUSED')
  await upstream.accept()
  expect((await exchange(upstream.port, greeting)).received).toContain('200 OK')
})

it('reads bodies by their length and by chunks', async () => {
  await using upstream = await scriptedUpstream([{ bytes: rawResponse() }])
  for (const headers of [{ 'content-length': '5' }, { 'transfer-encoding': 'chunked' }]) {
    const request = plainRequest(upstream.url, { method: 'POST', headers, agent: false })
    request.end('12345')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    request.destroy()
  }
  expect(upstream.requests.map(({ body }) => body)).toEqual(['12345', '5\r\n12345\r\n0\r\n\r\n'])
})

it('speaks TLS with a certificate that a caller may trust, or not', async () => {
  const certificate = selfSignedCertificate()
  await using upstream = await scriptedUpstream([{ bytes: rawResponse(), after: 'end' }], {
    tls: certificate,
  })
  const trusting = secureGet(upstream.url, { ca: certificate.cert })
  const [response] = (await once(trusting, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(200)
  response.resume()
  const [untrusted] = (await once(secureGet(upstream.url), 'error')) as [NodeJS.ErrnoException]
  expect(untrusted.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')

  const expired = selfSignedCertificate({ notAfter: new Date(Date.now() - 1_000) })
  await using stale = await scriptedUpstream([{ bytes: rawResponse() }], { tls: expired })
  const [late] = (await once(secureGet(stale.url, { ca: expired.cert }), 'error')) as [NodeJS.ErrnoException]
  expect(late.code).toBe('CERT_HAS_EXPIRED')

  await using broken = await scriptedUpstream([{ at: 'first-byte', after: 'reset' }], { scheme: 'https' })
  const [reset] = (await once(secureGet(broken.url), 'error')) as [NodeJS.ErrnoException]
  expect(reset.code).toBe('ECONNRESET')
})

it('stalls without letting go', async () => {
  await using upstream = await scriptedUpstream([{ bytes: 'HTTP/1.1 200 OK\r\nx-half: ', after: 'stall' }])
  const request = get(upstream.url, { agent: false })
  await expect.poll(() => upstream.requests.length).toBe(1)
  expect(upstream.open).toBe(1)
  request.on('error', () => undefined).destroy()
  await expect.poll(() => upstream.open).toBe(0)
})
