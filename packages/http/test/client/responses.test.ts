import { gzipSync } from 'node:zlib'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createFetch, RequestError, type ResilientFetch } from '../../src/index.js'
import { flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'
import { chunkedResponse } from '../raw-response.js'
import { scriptedUpstream } from '../scripted-upstream.js'

async function answering(
  step: UpstreamStep,
  use: (response: Response, send: ResilientFetch) => unknown,
): Promise<void> {
  await using upstream = await flakyUpstream({ script: [step] })
  const send = createFetch({ endpoints: upstream.url })
  try {
    await use(await send('/items/1?a=b'), send)
  } finally {
    await send.destroy()
  }
}

async function chunksOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const text = 'größer, \u{1f30a} and more'

describe('a response', () => {
  it('is a Response, as far as anybody can ask', async () => {
    await answering(
      { status: 201, headers: { 'x-one': '1', 'set-cookie': 'a=b' }, json: { ok: 1 } },
      async (response) => {
        expect(response).toBeInstanceOf(Response)
        expect([response.status, response.ok, response.statusText]).toEqual([201, true, 'Created'])
        expect([response.type, response.redirected]).toEqual(['basic', false])
        expect(response.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/items\/1\?a=b$/)
        expect(response.headers).toBeInstanceOf(Headers)
        expect(response.headers.get('X-One')).toBe('1')
        expect(response.headers.getSetCookie()).toEqual(['a=b'])
        expect(response.body).toBeInstanceOf(ReadableStream)
        expect(Object.keys(response)).toEqual(['status', 'statusText', 'url'])
        expect(await response.json()).toEqual({ ok: 1 })
      },
    )
  })

  it.each<[string, (response: Response) => Promise<unknown>, unknown]>([
    ['text', (response) => response.text(), text],
    ['bytes', async (response) => Buffer.from(await response.arrayBuffer()).toString(), text],
    ['a blob', async (response) => (await response.blob()).text(), text],
    ['a stream', async (response) => Buffer.concat(await chunksOf(response.body!)).toString(), text],
    [
      'a stream that was looked at',
      (response) => (response.body === null ? Promise.reject() : response.text()),
      text,
    ],
    ['a copy', (response) => response.clone().text(), text],
    ['the platform’s own', (response) => new Response(response.body).text(), text],
  ])('is read as %s, once', async (_name, read, expected) => {
    await answering({ body: text }, async (response) => {
      expect(response.bodyUsed).toBe(false)
      expect(await read(response)).toEqual(expected)
    })
  })

  it('cannot be read twice', async () => {
    await answering({ body: text }, async (response) => {
      await response.text()
      expect(response.bodyUsed).toBe(true)
      // No empty body is passed on for it.
      expect(() => new Response(response.body)).toThrow(TypeError)
      await expect(response.text()).rejects.toBeInstanceOf(TypeError)
      expect(() => response.clone()).toThrow(TypeError)
    })
  })

  it('and its copy can both be read', async () => {
    await answering({ body: text }, async (response) => {
      const copy = response.clone()
      expect([await response.text(), await copy.text()]).toEqual([text, text])
    })
  })

  it('reads forms', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await answering({ headers, body: 'a=1&b=2' }, async (response) => {
      expect([...(await response.formData()).entries()]).toEqual([
        ['a', '1'],
        ['b', '2'],
      ])
    })
  })

  it('has no body where there is none', async () => {
    await answering({ status: 204 }, async (response, send) => {
      expect([response.body, await response.text()]).toEqual([null, ''])
      const head = await send('/', { method: 'HEAD' })
      expect([head.body, await head.text()]).toEqual([null, ''])
    })
  })

  it('drops a byte order mark, as the web does', async () => {
    await answering({ body: '\ufeff{"a":1}' }, async (response) => {
      expect(await response.json()).toEqual({ a: 1 })
    })
  })

  it.each([[undefined], ['gzip']])('is decoded, having asked for %s', async (asked) => {
    const zipped = gzipSync('hello')
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${zipped.length}\r\n\r\n`
    await using upstream = await scriptedUpstream([{ bytes: Buffer.concat([Buffer.from(head), zipped]) }])
    const send = createFetch({ endpoints: upstream.url })
    const response = await send('/', asked === undefined ? {} : { headers: { 'accept-encoding': asked } })
    expect([await response.text(), response.headers.get('content-encoding')]).toEqual(['hello', 'gzip'])
    await send.destroy()
  })
})

describe('a body', () => {
  const large = 'x'.repeat(3_000_000)

  it('of any size is read whole, or as it comes', async () => {
    await answering({ body: large }, async (response, send) => {
      expect(await response.text()).toBe(large)
      let bytes = 0
      for await (const chunk of (await send('/')).body!) bytes += chunk.length
      expect(bytes).toBe(large.length)
    })
  })

  it('can be read into memory of the reader', async () => {
    await answering({ body: 'hello' }, async (response) => {
      const reader = response.body!.getReader({ mode: 'byob' })
      const { value } = await reader.read(new Uint8Array(3))
      expect(Buffer.from(value!).toString()).toBe('hel')
      await reader.cancel()
    })
  })

  it('of chunks is read too', async () => {
    await using upstream = await scriptedUpstream([{ bytes: chunkedResponse(['he', 'llo']) }])
    const send = createFetch({ endpoints: upstream.url })
    expect(await (await send('/')).text()).toBe('hello')
    await send.destroy()
  })

  it('that is large and thrown away closes its connection, a small one keeps it', async () => {
    for (const [body, connections] of [
      ['small', 1],
      [large, 2],
    ] as const) {
      const bytes = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`
      await using upstream = await scriptedUpstream([{ bytes }])
      const send = createFetch({ endpoints: upstream.url })
      await (await send('/')).body!.cancel()
      await (await send('/')).body!.cancel()
      expect(upstream.connections).toBe(connections)
      await send.destroy()
    }
  })
})

it('can be had wherever a fetch is wanted', () => {
  expectTypeOf<ResilientFetch>().toExtend<typeof fetch>()
})

describe('a request', () => {
  it('may be a path, a URL of the destination, or a Request', async () => {
    await using upstream = await flakyUpstream()
    const send = createFetch({ endpoints: upstream.url, name: 'stock' })
    const request = new Request(`${upstream.url}/d`, { method: 'PUT', body: 'x', headers: { 'x-a': 'b' } })
    await send('/a b/ü?q=ä#part')
    await send(new URL('/b', upstream.url))
    await send('http://stock/c')
    await send(request)
    const seen = upstream.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)
    expect(seen).toEqual(['GET /a%20b/%C3%BC?q=%C3%A4 ', 'GET /b ', 'GET /c ', 'PUT /d x'])
    expect(upstream.requests[3]!.headers['x-a']).toBe('b')
    await send.destroy()
  })

  it.each<[string, unknown[]]>([
    ['another origin', ['http://other.test/a']],
    ['a network path', ['//other.test/a']],
    ['no URL at all', ['items']],
    ['a GET with a body', ['/', { body: 'x' }]],
    ['a dispatcher', ['/', { dispatcher: {} }]],
  ])('is refused with %s', async (_name, given) => {
    await using upstream = await flakyUpstream()
    const send = createFetch({ endpoints: upstream.url }) as (...request: unknown[]) => Promise<Response>
    await expect(send(...given)).rejects.toBeInstanceOf(RequestError)
    expect(upstream.requests).toEqual([])
  })

  it('takes headers in every form', async () => {
    await using upstream = await flakyUpstream()
    const send = createFetch({ endpoints: upstream.url })
    const forms = [{ 'X-A': '1' }, [['X-A', '1']] as [string, string][], new Headers({ 'x-a': '1' })]
    for (const headers of forms) await send('/', { headers })
    expect(upstream.requests.map(({ headers }) => headers['x-a'])).toEqual(['1', '1', '1'])
    await send.destroy()
  })

  it('says what its body is, unless its caller does', async () => {
    await using upstream = await flakyUpstream()
    const send = createFetch({ endpoints: upstream.url })
    const form = new FormData()
    form.set('a', 'b')
    for (const body of [
      'text',
      new URLSearchParams('a=b'),
      new Blob(['{}'], { type: 'application/json' }),
      form,
    ]) {
      await send('/', { method: 'POST', body })
    }
    await send('/', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })
    const types = upstream.requests.map(({ headers }) => headers['content-type']?.replace(/boundary=.*/, ''))
    expect(types).toEqual([
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded;charset=UTF-8',
      'application/json',
      'multipart/form-data; ',
      'application/json',
    ])
    await send.destroy()
  })
})
