import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { constant } from '@watertight/policy'
import { afterEach, expect, it } from 'vitest'
import { type AnyFetch, createFetch } from '../index.js'
import { fetchTransport } from './fetch-transport.js'

const platformFetch = globalThis.fetch
afterEach(() => {
  globalThis.fetch = platformFetch
})

const retry = { attempts: 2, backoff: constant({ ms: 1 }), budget: false } as const
const clientOver = (fetch: (url: string, init?: RequestInit) => Promise<Response>): AnyFetch => {
  globalThis.fetch = fetch as typeof globalThis.fetch
  return createFetch({ transport: fetchTransport(), retry })
}

it('asks whatever a test has put in place of fetch, with the policies on', async () => {
  const asked: [string, string | undefined, string][] = []
  const send = clientOver(async (url, init) => {
    asked.push([url, init?.method, await new Response(init?.body).text()])
    return asked.length === 1
      ? new Response(null, { status: 503 })
      : Response.json({ paid: true }, { status: 201 })
  })
  const response = await send('http://payment.test/charges', { method: 'PUT', body: '{"total":1}' })
  expect([response.status, await response.json()]).toEqual([201, { paid: true }])
  const request = ['http://payment.test/charges', 'PUT', '{"total":1}']
  expect(asked).toEqual([request, request])
})

it('follows redirects by itself', async () => {
  const send = clientOver(async (url) =>
    url.endsWith('/moved')
      ? new Response(null, { status: 302, headers: { location: '/end' } })
      : new Response('the end'),
  )
  const response = await send('http://payment.test/moved')
  expect([response.url, response.redirected, await response.text()]).toEqual([
    'http://payment.test/end',
    true,
    'the end',
  ])
})

it('carries streams both ways, and what is encoded as what it is', async () => {
  const server = createServer((request, response) => {
    void text(request).then((sent) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(sent.repeat(50_000))),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const send = clientOver(platformFetch)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const body = ReadableStream.from([Buffer.from('a'), Buffer.from('b')])
  const response = await send(url, { method: 'PUT', body })
  expect(await response.text()).toBe('ab'.repeat(50_000))
  server.close().closeAllConnections()
})

it('tells a connection that was refused from one that was lost', async () => {
  const failing = (code: string) => async (): Promise<never> => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
  }
  await expect(clientOver(failing('ECONNREFUSED'))('http://payment.test')).rejects.toMatchObject({
    code: 'WT_CONNECT',
  })
  await expect(clientOver(failing('ECONNRESET'))('http://payment.test')).rejects.toMatchObject({
    code: 'WT_RESET',
  })
})

it('aborts what it has asked for once the caller has left', async () => {
  const signals: AbortSignal[] = []
  const send = clientOver(async (_url, init) => {
    signals.push(init!.signal!)
    return await new Promise(() => undefined)
  })
  const controller = new AbortController()
  const reason = new Error('gone')
  const failed = send('http://payment.test', { signal: controller.signal })
  await expect.poll(() => signals.length).toBe(1)
  controller.abort(reason)
  await expect(failed).rejects.toBe(reason)
  expect(signals[0]!.aborted).toBe(true)
})
