import type { RequestListener } from 'node:http'
import { expect, it } from 'vitest'
import {
  closedAfterEach,
  eventually,
  gatewayTo,
  RawCaller,
  type RunningProxy,
  serveHttp,
} from './running-proxy.js'

const started = closedAfterEach()
const CACHE = '{retry: off, fallback: { cache: { maxAge: 60s } }}'

/** A gateway in front of a service that answers so until it is told to be down. */
async function gatewayBefore(
  answer: RequestListener,
  policy: string = CACHE,
): Promise<{ proxy: RunningProxy; down: () => void }> {
  let isDown = false
  const service = await started(
    serveHttp((request, response) => {
      if (isDown) response.writeHead(503).end('down')
      else answer(request, response)
    }),
  )
  const proxy = await started(gatewayTo(service.port, policy))
  return { proxy, down: () => (isDown = true) }
}

async function get(
  { port }: RunningProxy,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  return `${response.status} ${await response.text()}`
}

const echo: RequestListener = ({ url, headers }, response) =>
  response.end(`${url} for ${headers.authorization ?? headers.cookie ?? 'all'}`)

it('gives the last good answer while the service fails, with its age, and says so in the metrics', async () => {
  const { proxy, down } = await gatewayBefore(echo)
  expect(await get(proxy, '/a?x=1')).toBe('200 /a?x=1 for all')
  down()
  expect(await get(proxy, '/a?x=1')).toBe('200 /a?x=1 for all')
  expect(await get(proxy, '/a?x=2')).toBe('503 down')
  const raw = new RawCaller(proxy.port).send(`GET /a?x=1 HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`)
  await raw.until(/for all$/)
  raw.socket.destroy()
  expect(raw.received).toMatch(/\r\nage: 0\r\n/)
  expect(raw.received.match(/content-length/gi)).toHaveLength(1)
  expect(proxy.proxy.telemetry.expose().body).toMatch(/fallbacks_total{[^\n]*} 2\n/)
})

it('gives nobody what another user was given', async () => {
  const { proxy, down } = await gatewayBefore((request, response) => {
    response.setHeader('set-cookie', 'session=ann')
    echo(request, response)
  })
  await get(proxy, '/me', { authorization: 'Bearer ann' })
  await get(proxy, '/you', { cookie: 'user=ann' })
  down()
  expect(await get(proxy, '/me', { authorization: 'Bearer bob' })).toBe('503 down')
  expect(await get(proxy, '/me')).toBe('503 down')
  expect(await get(proxy, '/you', { cookie: 'user=bob' })).toBe('503 down')
  const kept = await fetch(`http://127.0.0.1:${proxy.port}/me`, { headers: { authorization: 'Bearer ann' } })
  expect([await kept.text(), kept.headers.get('set-cookie')]).toEqual(['/me for Bearer ann', null])
})

it.each<[string, RequestListener, Record<string, string>]>([
  ['what must not be stored', (_, response) => response.setHeader('cache-control', 'no-store').end('x'), {}],
  [
    'what is private to nobody known',
    (_, response) => response.setHeader('cache-control', 'private').end('x'),
    {},
  ],
  ['what varies with everything', (_, response) => response.setHeader('vary', '*').end('x'), {}],
  ['a part', (_, response) => response.writeHead(206).end('x'), {}],
  ['an answer to a request for a part', (_, response) => response.end('x'), { range: 'bytes=0-1' }],
  ['a large one', (_, response) => response.end('x'.repeat(70_000)), {}],
  [
    'a large one of unknown length',
    (_, response) => (response.write('x'.repeat(70_000)), response.end()),
    {},
  ],
])('keeps nothing of %s', async (_name, answer, headers) => {
  const { proxy, down } = await gatewayBefore(answer)
  expect(await get(proxy, '/', headers)).toMatch(/^20\d x/)
  down()
  expect(await get(proxy, '/')).toBe('503 down')
})

it('keeps apart what the service says depends on a header, and what is for another host', async () => {
  const { proxy, down } = await gatewayBefore(({ headers }, response) => {
    response.setHeader('vary', 'Accept-Language').end(headers['accept-language'])
  })
  await get(proxy, '/', { 'accept-language': 'de' })
  down()
  expect(await get(proxy, '/', { 'accept-language': 'de' })).toBe('200 de')
  expect(await get(proxy, '/', { 'accept-language': 'fr' })).toBe('503 down')
  const other = new RawCaller(proxy.port).send('GET / HTTP/1.1\r\nHost: other\r\nAccept-Language: de\r\n\r\n')
  await other.until(/down/)
  other.socket.destroy()
  expect(other.received).toContain('503')
})

it('keeps nothing of an answer that broke off', async () => {
  let count = 0
  const { proxy, down } = await gatewayBefore((_request, response) => {
    count += 1
    response.writeHead(200, { 'content-length': '10' }).write('half')
    setImmediate(() => response.destroy())
  })
  const raw = new RawCaller(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => raw.closed || raw.ended)
  expect(count).toBe(1)
  down()
  expect(await get(proxy, '/')).toBe('503 down')
})

it('gives binary answers as they came', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
  const { proxy, down } = await gatewayBefore((_request, response) => response.end(bytes))
  await get(proxy, '/')
  down()
  const kept = await (await fetch(`http://127.0.0.1:${proxy.port}/`)).arrayBuffer()
  expect(Buffer.from(kept).equals(bytes)).toBe(true)
})
