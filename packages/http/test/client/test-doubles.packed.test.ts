import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type * as client from '../../src/index.js'
import { packedRequire } from '../packed-require.js'

const { createFetch } = packedRequire('@watertight/http') as typeof client

/** What is used here of msw. */
interface Msw {
  readonly http: Readonly<Record<'get' | 'post', (url: string, answer: Answer) => object>>
  readonly HttpResponse: typeof Response
  readonly passthrough: () => Response
}
type Answer = (asked: { readonly request: Request }) => Response | Promise<Response>
interface MswNode {
  readonly setupServer: (...handlers: object[]) => {
    listen(options: { readonly onUnhandledRequest: 'error' | 'bypass' }): void
    close(): void
  }
}

/** And of nock. */
interface Nock {
  (origin: string): Scope
  restore(): void
  activate(): void
  cleanAll(): void
  isActive(): boolean
  disableNetConnect(): void
  enableNetConnect(host?: string): void
}
interface Scope {
  get(path: string): Reply
  post(path: string, body: object): Reply
  readonly pendingMocks: () => string[]
}
interface Reply {
  reply(status: number, body?: object | string): Scope
  replyWithError(error: object): Scope
}

const real = createServer((request, response) => response.end(`real ${request.url}`)).unref()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function realUrl(): Promise<string> {
  if (!real.listening) await once(real.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(real.address() as AddressInfo).port}`
}

function clientOf(endpoints: string): client.ResilientFetch {
  const send = createFetch({ endpoints, retry: { attempts: 2, budget: false } })
  closing.push(() => send.destroy())
  return send
}

describe('msw, as its documents set it up', () => {
  const { http, HttpResponse, passthrough } = packedRequire('msw') as Msw
  const { setupServer } = packedRequire('msw/node') as MswNode

  function mocking(onUnhandledRequest: 'error' | 'bypass', ...handlers: object[]): void {
    const server = setupServer(...handlers)
    server.listen({ onUnhandledRequest })
    closing.push(() => server.close())
  }

  it('answers, and a mocked 503 is tried again', async () => {
    let calls = 0
    const answer = (): Response =>
      (calls += 1) === 1 ? new HttpResponse(null, { status: 503 }) : HttpResponse.json({ paid: true })
    mocking('error', http.get('http://payment.test/charges/:id', answer))
    expect(await (await clientOf('http://payment.test')('/charges/c-1')).json()).toEqual({ paid: true })
    expect(calls).toBe(2)
  })

  it('sees method, headers and body', async () => {
    mocking(
      'error',
      http.post('https://payment.test/charges', async ({ request }) =>
        HttpResponse.json(
          { ...((await request.json()) as object), key: request.headers.get('idempotency-key') },
          { status: 201 },
        ),
      ),
    )
    const answer = await clientOf('https://payment.test')('/charges', {
      method: 'POST',
      headers: { 'idempotency-key': 'k-1', 'content-type': 'application/json' },
      body: '{"total":1}',
    })
    expect([answer.status, await answer.json()]).toEqual([201, { total: 1, key: 'k-1' }])
  })

  it('fails calls, and its redirects are followed', async () => {
    mocking(
      'error',
      http.get('http://payment.test/down', () => HttpResponse.error()),
      http.get('http://payment.test/moved', () => HttpResponse.redirect('http://payment.test/here', 302)),
      http.get('http://payment.test/here', () => new HttpResponse('here')),
    )
    const send = clientOf('http://payment.test')
    await expect(send('/down')).rejects.toMatchObject({ code: 'WT_RESET' })
    const moved = await send('/moved')
    expect([moved.redirected, await moved.text()]).toEqual([true, 'here'])
  })

  it('lets pass what it is told to let pass, once', async () => {
    const url = await realUrl()
    mocking(
      'bypass',
      http.get(`${url}/pass`, () => passthrough()),
    )
    const send = clientOf(url)
    expect(await (await send('/pass')).text()).toBe('real /pass')
    expect(await (await send('/unhandled')).text()).toBe('real /unhandled')
  })

  it('stands before a client that is the fetch of the process', async () => {
    const url = await realUrl()
    const platformFetch = globalThis.fetch
    const own = createFetch()
    globalThis.fetch = own
    closing.push(
      () => (globalThis.fetch = platformFetch),
      () => own.destroy(),
    )
    mocking(
      'bypass',
      http.get('http://payment.test/', () => new HttpResponse('mock')),
    )
    expect(await (await fetch('http://payment.test/')).text()).toBe('mock')
    expect(await (await fetch(`${url}/through`)).text()).toBe('real /through')
  })

  it('is gone when it is closed', async () => {
    const url = await realUrl()
    const send = clientOf(url)
    mocking(
      'error',
      http.get(`${url}/charges`, () => new HttpResponse('mock')),
    )
    expect(await (await send('/charges')).text()).toBe('mock')
    await closing.pop()?.()
    expect(await (await send('/charges')).text()).toBe('real /charges')
  })
})

describe('nock, as its documents set it up', () => {
  // Its import begins to intercept.
  const nock = (): Nock => {
    const loaded = packedRequire('nock') as Nock
    if (!loaded.isActive()) loaded.activate()
    loaded.disableNetConnect()
    closing.push(() => {
      loaded.cleanAll()
      loaded.enableNetConnect()
      loaded.restore()
    })
    return loaded
  }

  it('answers, and a mocked 503 is tried again', async () => {
    const scope = nock()('http://payment.test')
    scope.get('/charges/c-1').reply(503)
    scope.get('/charges/c-1').reply(200, { paid: true })
    expect(await (await clientOf('http://payment.test')('/charges/c-1')).json()).toEqual({ paid: true })
    expect(scope.pendingMocks()).toEqual([])
  })

  it('sees the body, over TLS too', async () => {
    nock()('https://payment.test').post('/charges', { total: 1 }).reply(201, 'charged')
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"total":1}' }
    expect(await (await clientOf('https://payment.test')('/charges', init)).text()).toBe('charged')
  })

  it('fails what is not mocked, and lets pass what it may', async () => {
    const url = await realUrl()
    const mocked = nock()
    await expect(clientOf(url)('/')).rejects.toMatchObject({
      code: 'WT_RESET',
      reason: expect.stringContaining('Disallowed net connect') as string,
    })
    mocked.enableNetConnect('127.0.0.1')
    expect(await (await clientOf(url)('/real')).text()).toBe('real /real')
  })
})
