import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { setGlobalOrigin } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnyFetch, createFetch } from '../../src/index.js'

/** What the server says of the request that reached it. */
interface Echo {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

let here = ''
let other = ''
let fetch: AnyFetch
let close: () => void

beforeAll(async () => {
  const listen = async (): Promise<ReturnType<typeof createServer>> => {
    const server = createServer((request, response) => void answer(request, response))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return server
  }
  const servers = [await listen(), await listen()] as const
  const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  here = urls[0]!
  other = urls[1]!
  fetch = createFetch()
  close = () => {
    for (const server of servers) server.close().closeAllConnections()
  }
})
afterAll(async () => {
  await fetch.destroy()
  close()
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url!, here)
  const to = url.searchParams.get('to')
  if (to !== null) {
    response.writeHead(Number(url.searchParams.get('status') ?? 302), { location: to }).end('moved')
  } else if (url.pathname === '/loop') {
    response.writeHead(302, { location: '/loop' }).end()
  } else if (url.pathname === '/brotli') {
    response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('hello'))
  } else if (url.pathname === '/twice') {
    // Each coding in a line of its own, as where a proxy adds one.
    response.writeHead(200, ['content-encoding', 'gzip', 'content-encoding', 'br'])
    response.end(brotliCompressSync(gzipSync('hello')))
  } else if (url.pathname === '/status') {
    response.writeHead(Number(url.searchParams.get('is'))).end()
  } else {
    const { method, headers } = request
    response.end(
      JSON.stringify({ method, url: request.url, headers, body: Buffer.concat(chunks).toString() }),
    )
  }
}

const echo = async (response: Response | Promise<Response>): Promise<Echo> =>
  (await (await response).json()) as Echo

describe('any origin', () => {
  it('is called, each with policies of its own', async () => {
    expect((await fetch(here)).status).toBe(200)
    expect((await fetch(new URL('/a', other))).url).toBe(`${other}/a`)
    expect(fetch.at(here).endpoints.map(({ origin }) => origin)).toEqual([here])
  })

  it('leaves what is no HTTP to the platform', async () => {
    expect(await (await fetch('data:text/plain,hello')).text()).toBe('hello')
    const url = URL.createObjectURL(new Blob(['hi']))
    expect(await (await fetch(url)).text()).toBe('hi')
  })

  it.each(['/relative', 'http://[', 'http://user:secret@127.0.0.1/'])('refuses %s', async (url) => {
    await expect(fetch(url)).rejects.toBeInstanceOf(TypeError)
  })

  it('says of what is no URL what the platform says', async () => {
    const [ours, theirs] = await Promise.all(
      [fetch, globalThis.fetch].map((each) => each('/relative').catch((error: unknown) => error)),
    )
    const { name, message } = theirs as Error
    expect(ours).toMatchObject({ name, message, code: 'WT_REQUEST', cause: { code: 'ERR_INVALID_URL' } })
  })

  it('takes relative URLs where undici has been told what they are relative to', async () => {
    setGlobalOrigin(here)
    const { url } = await fetch('/relative?a=1')
    setGlobalOrigin(undefined)
    expect(url).toBe(`${here}/relative?a=1`)
  })

  it('fails as the platform does, so that what looks for its errors finds them', async () => {
    const failure = await createFetch({ retry: false })('http://127.0.0.1:9').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TypeError)
    expect(failure).toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      code: 'WT_CONNECT',
      cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9' },
      reason: 'cannot connect to http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9',
    })
  })
})

describe('a request', () => {
  it('says what that of the platform says', async () => {
    const { headers } = await echo(fetch(here))
    expect(headers).toMatchObject({ accept: '*/*', 'user-agent': 'node' })
    expect(headers['accept-encoding']).toContain('br')
    expect((await echo(fetch(here, { headers: { range: 'bytes=0-1' } }))).headers['accept-encoding']).toBe(
      'identity',
    )
    const own = { Accept: 'a/b', 'User-Agent': 'me', 'Accept-Encoding': 'gzip' }
    expect((await echo(fetch(here, { headers: own }))).headers).toMatchObject({
      accept: 'a/b',
      'user-agent': 'me',
      'accept-encoding': 'gzip',
    })
  })

  it('asks caches on the way for what the caller asks of them', async () => {
    const asked = async (init: object): Promise<unknown> => {
      const { headers } = await echo(fetch(here, init))
      return [headers['cache-control'], headers['pragma']]
    }
    expect(await asked({ cache: 'no-store' })).toEqual(['no-cache', 'no-cache'])
    expect(await asked({ cache: 'no-cache' })).toEqual(['max-age=0', undefined])
    expect(await asked({ cache: 'force-cache' })).toEqual([undefined, undefined])
    const own = { 'cache-control': 'max-age=5' }
    expect(await asked({ cache: 'reload', headers: own })).toEqual(['max-age=5', 'no-cache'])
  })

  it('that may only be answered from a cache goes to nobody, for there is none', async () => {
    await expect(fetch(here, { cache: 'only-if-cached' } as object)).rejects.toThrow(
      /only-if-cached.*no answer is kept/,
    )
  })

  const form = new FormData()
  form.append('a', '1')
  form.append('file', new File(['hello'], 'a.txt'))
  it.each<[string, () => [string | Request, RequestInit?]]>([
    ['a Blob', () => [here, { body: new Blob(['hello'], { type: 'text/plain' }) }]],
    ['a form', () => [here, { body: form }]],
    ['bytes of another realm', () => [here, { body: structuredClone(new Uint8Array([104, 105]).buffer) }]],
    ['a Request of text', () => [new Request(here, { method: 'POST', body: 'hello' })]],
    ['a Request of a form', () => [new Request(here, { method: 'POST', body: form })]],
    [
      'a Request of a Blob',
      () => [new Request(here, { method: 'POST', body: new Blob(['x'.repeat(200_000)]) })],
    ],
    ['a number', () => [here, { body: 12 as never }]],
    ['an object', () => [here, { body: { a: 1 } as never }]],
  ])('announces the length of %s, as servers need it', async (_name, request) => {
    const [input, init] = request()
    const sent = await echo(fetch(input, { method: 'POST', ...init }))
    const [wanted, wantedInit] = request()
    const platform = await echo(globalThis.fetch(wanted, { method: 'POST', ...wantedInit }))
    expect(sent.headers['transfer-encoding']).toBeUndefined()
    expect(Number(sent.headers['content-length'])).toBe(sent.body.length)
    expect(sent.headers['content-type']?.split(';')[0]).toBe(platform.headers['content-type']?.split(';')[0])
    if (!sent.headers['content-type']?.startsWith('multipart')) expect(sent.body).toBe(platform.body)
  })

  it('is sent again whatever its size, since it is in memory', async () => {
    let requests = 0
    const server = createServer((message, response) => {
      message.resume().on('end', () => response.writeHead(++requests % 2 === 1 ? 503 : 200).end())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const large = 'x'.repeat(100_000)
    const many = new FormData()
    many.append('a', new Blob([large]))
    for (const body of [large, new Blob([large]), many]) {
      expect((await fetch(url, { method: 'PUT', body })).status).toBe(200)
    }
    expect((await fetch(new Request(url, { method: 'PUT', body: large }))).status).toBe(200)
    expect(requests).toBe(8)
    server.close().closeAllConnections()
  })

  it('may not be a TRACE', async () => {
    await expect(fetch(here, { method: 'trace' })).rejects.toThrow('the method must not be TRACE')
  })
})

describe('a redirect', () => {
  it('is told where the caller comes from, as far as the answer before it allows', async () => {
    const referrer = `${here}/cart?step=2`
    const follow = (to: string): Promise<Echo> => echo(fetch(`${here}/?to=${to}/end`, { referrer }))
    expect((await follow(here)).headers['referer']).toBe(referrer)
    expect((await follow(other)).headers['referer']).toBe(`${here}/`)
    expect((await echo(fetch(here))).headers['referer']).toBeUndefined()
  })

  it('is followed, within the origin and to another one', async () => {
    for (const to of [`${here}/end`, `${other}/end`, '/end']) {
      const response = await fetch(`${here}/?to=${encodeURIComponent(to)}`)
      expect([response.redirected, response.url.endsWith('/end'), response.status]).toEqual([true, true, 200])
    }
  })

  it('keeps credentials within the origin', async () => {
    const init = { headers: { authorization: 'secret', cookie: 'a=1', 'x-a': '1' } }
    const follow = (to: string): Promise<Echo> => echo(fetch(`${here}/?to=${encodeURIComponent(to)}`, init))
    expect((await follow(`${here}/end`)).headers).toMatchObject({ authorization: 'secret', cookie: 'a=1' })
    const { headers } = await follow(`${other}/end`)
    expect([headers['authorization'], headers['cookie'], headers['x-a']]).toEqual([undefined, undefined, '1'])
  })

  it('sends a body again where it is to be kept', async () => {
    const post = (status: number, body: RequestInit['body']): Promise<Response> =>
      fetch(`${here}/?to=/end&status=${status}`, { method: 'POST', body, duplex: 'half' } as never)
    expect(await echo(post(307, 'hello'))).toMatchObject({ method: 'POST', body: 'hello' })
    expect(await echo(post(302, 'hello'))).toMatchObject({ method: 'GET', body: '' })
    const gone = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(100_000))
        controller.close()
      },
    })
    await expect(post(307, gone)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('it was a stream') as string },
    })
  })

  it('is handed over or refused when the caller says so', async () => {
    const manual = await fetch(`${here}/?to=/end`, { redirect: 'manual' })
    expect([manual.status, manual.headers.get('location')]).toEqual([302, '/end'])
    await expect(fetch(`${here}/?to=/end`, { redirect: 'error' })).rejects.toMatchObject({
      cause: { message: 'unexpected redirect' },
    })
  })

  it('ends after twenty', async () => {
    await expect(fetch(`${here}/loop`)).rejects.toMatchObject({
      cause: { message: 'redirect count exceeded' },
    })
  })

  it('of a destination is followed to where it leads', async () => {
    const send = createFetch({ endpoints: here })
    expect((await send(`/?to=${other}/end`)).url).toBe(`${other}/end`)
    await send.close()
  })
})

describe('an answer', () => {
  it('is decoded', async () => {
    expect(await (await fetch(`${here}/brotli`)).text()).toBe('hello')
    expect(await (await fetch(`${here}/twice`)).text()).toBe('hello')
  })

  it('is cloned with what it is', async () => {
    for (const status of [200, 205, 999]) {
      const response = await fetch(`${here}/status?is=${status}`)
      const copy = response.clone()
      expect([copy.url, copy.status, await copy.text()]).toEqual([
        response.url,
        status,
        await response.text(),
      ])
    }
  })

  it('is handed over only if it is what was promised', async () => {
    const hash = `sha256-${createHash('sha256').update('hello').digest('base64')}`
    expect(await (await fetch(`${here}/brotli`, { integrity: hash })).text()).toBe('hello')
    await expect(fetch(`${here}/end`, { integrity: hash })).rejects.toMatchObject({
      cause: { message: 'integrity mismatch' },
    })
  })

  it('that has come is gone once its caller gives up', async () => {
    const controller = new AbortController()
    const response = await fetch(`${here}/end`, { signal: controller.signal })
    controller.abort(new Error('not wanted'))
    await expect(response.text()).rejects.toThrow('not wanted')
  })
})

it('puts the path of a base URL before its calls', async () => {
  const send = createFetch({ endpoints: `${here}/v1/` })
  expect((await echo(send('/charges?id=1'))).url).toBe('/v1/charges?id=1')
  expect((await echo(send(`${here}/v1/charges`))).url).toBe('/v1/charges')
  await send.close()
})
