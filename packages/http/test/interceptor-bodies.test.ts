import { createReadStream } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { constant } from '@watertight/policy'
import { virtualClock } from '@watertight/policy/testing'
import { Agent, type Dispatcher, fetch as undiciFetch, request } from 'undici'
import { describe, expect, it } from 'vitest'
import { type InterceptorOptions, watertightInterceptor } from '../src/index.js'

const retry = { attempts: 3, backoff: constant({ ms: 1 }), budget: false } as const

interface Bed {
  readonly url: string
  readonly dispatcher: Dispatcher
}

async function serving(
  listener: RequestListener,
  options: InterceptorOptions,
  use: (bed: Bed) => Promise<void>,
  agentOptions: Agent.Options = {},
): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const agent = new Agent(agentOptions)
  try {
    await use({ url, dispatcher: agent.compose(watertightInterceptor({ retry, ...options })) })
  } finally {
    await agent.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Answers 503 to the first request, and keeps what each has sent. */
function failingOnce(bodies: string[]): RequestListener {
  return (message, response) => {
    void buffer(message).then((body) => {
      bodies.push(String(body))
      response.statusCode = bodies.length === 1 ? 503 : 200
      response.end()
    })
  }
}

describe('a body that goes through an interceptor', () => {
  const form = new FormData()
  form.append('name', 'value')
  const bodies = [
    ['a string', () => '{"points":12}'],
    ['bytes', () => Buffer.from('bytes')],
    ['a form', () => form],
    ['a blob', () => new Blob(['blob'])],
    ['a stream', () => ReadableStream.from([Buffer.from('one'), Buffer.from('two')])],
  ] as const

  it.each(bodies)('is sent again as a whole by a fetch that met a 503: %s', async (_name, body) => {
    const seen: string[] = []
    await serving(failingOnce(seen), {}, async ({ url, dispatcher }) => {
      const init = { method: 'PUT', body: body() as never, duplex: 'half', dispatcher } as const
      const response = await undiciFetch(url, init)
      expect([response.status, seen.length]).toEqual([200, 2])
      expect(seen[0]).not.toBe('')
      expect(seen[1]).toBe(seen[0])
    })
  })

  it.each(['undici request', 'undici fetch'])(
    'is sent again after a refused connection: %s',
    async (name) => {
      const seen: string[] = []
      await serving(failingOnce(seen), {}, async ({ url }) => {
        let tries = 0
        const agent = new Agent({
          connect: (_options, callback) => {
            tries += 1
            const { port } = new URL(url)
            // Nobody listens at the first one.
            const socket = connect(tries === 1 ? 9 : Number(port), '127.0.0.1')
            socket.once('error', (error) => callback(error, null))
            socket.once('connect', () => callback(null, socket))
          },
        })
        const dispatcher = agent.compose(watertightInterceptor({ retry }))
        const init = { method: 'POST', body: 'kept', dispatcher } as const
        const isFetch = name === 'undici fetch'
        const status = isFetch ? (await undiciFetch(url, init)).status : (await request(url, init)).statusCode
        expect([status, seen, tries]).toEqual([503, ['kept'], 2])
        await agent.destroy()
      })
    },
  )

  it('is sent once when it is larger than what is kept', async () => {
    const seen: string[] = []
    await serving(failingOnce(seen), { replayBytesMax: 3 }, async ({ url, dispatcher }) => {
      const response = await undiciFetch(url, { method: 'PUT', body: 'four', dispatcher })
      expect([response.status, seen]).toEqual([503, ['four']])
    })
  })

  it('is the fault of its caller when it cannot be read', async () => {
    const reading: RequestListener = (message, response) => {
      message.on('error', () => undefined)
      message.resume().on('end', () => response.end())
    }
    await serving(reading, { breaker: { consecutiveFailures: 1 } }, async ({ url, dispatcher }) => {
      const broken = async function* (): AsyncGenerator<Buffer> {
        yield Buffer.from('half')
        throw new Error('disk read failed')
      }
      const failure = request(url, { method: 'PUT', body: broken() as never, dispatcher })
      await expect(failure).rejects.toMatchObject({
        code: 'WT_REQUEST',
        cause: { message: 'disk read failed' },
      })
      const missing = createReadStream('/no/such/file')
      await expect(request(url, { method: 'PUT', body: missing, dispatcher })).rejects.toThrow('ENOENT')
      const init = { method: 'PUT', body: ReadableStream.from(broken()), duplex: 'half', dispatcher } as const
      await expect(undiciFetch(url, init)).rejects.toThrow('fetch failed')
      // The breaker would be open by now.
      expect((await request(url, { dispatcher })).statusCode).toBe(200)
    })
  })
})

describe('the time limits of an intercepted request', () => {
  it('cover a body that never ends, where a total was asked for', async () => {
    using clock = virtualClock()
    clock.install()
    const endless: RequestListener = (_message, response) => {
      response.write('x')
    }
    await serving(endless, { timeout: { totalMs: 200 } }, async ({ url, dispatcher }) => {
      const { body } = await request(url, { dispatcher })
      const failed = body.text().catch((error: unknown) => error)
      await clock.advance(200)
      expect(await failed).toMatchObject({ code: 'WT_TIMEOUT' })
    })
  })

  it('end with the head by default, so that streams run on', async () => {
    using clock = virtualClock()
    clock.install()
    const ends: (() => void)[] = []
    const streaming: RequestListener = (_message, response) => {
      response.write('x')
      ends.push(() => response.end('y'))
    }
    await serving(streaming, {}, async ({ url, dispatcher }) => {
      const { body } = await request(url, { dispatcher })
      await clock.advance(120_000)
      ends[0]!()
      expect(await body.text()).toBe('xy')
    })
  })

  it('are told apart when they are those of the dispatcher', async () => {
    let requests = 0
    const silent: RequestListener = () => {
      requests += 1
    }
    const options = { retry: { ...retry, attempts: 2, on: ['attempt-timeout'] } } as const
    const use = async ({ url, dispatcher }: Bed): Promise<void> => {
      await expect(request(url, { dispatcher })).rejects.toMatchObject({
        code: 'WT_HEADERS_TIMEOUT',
        failureClass: 'attempt-timeout',
        cause: { code: 'UND_ERR_HEADERS_TIMEOUT' },
      })
      expect(requests).toBe(2)
    }
    await serving(silent, options, use, { headersTimeout: 20 })
  })
})
