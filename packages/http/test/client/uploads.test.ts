import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { constant } from '@watertight/policy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFetch, RequestError } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'
import { inMemory } from '../in-memory.js'

let folder = ''
let file = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watertight-'))
  file = join(folder, 'upload.txt')
  writeFileSync(file, 'hello')
})
afterAll(() => rmSync(folder, { recursive: true }))

const broken = 'http://127.0.0.1:9'
const openFiles = (): number => readdirSync('/proc/self/fd').length

it('rejects an upload of a file that is not there, and the process goes on', async () => {
  await using upstream = await flakyUpstream()
  for (const endpoints of [upstream.url, broken]) {
    const send = createFetch({ endpoints, retry: false })
    for (const body of [createReadStream('/no/such/file'), () => createReadStream('/no/such/file')]) {
      await expect(send('/', { method: 'PUT', body })).rejects.toBeInstanceOf(TypeError)
    }
    await send.destroy()
  }
})

it('lets go of files that nobody came to read', async () => {
  const send = createFetch({ endpoints: broken, retry: { attempts: 3, backoff: constant({ ms: 0 }) } })
  const before = openFiles()
  for (let count = 0; count < 10; count++) {
    await send('/', { method: 'PUT', body: createReadStream(file) }).catch(() => {})
    await send('/', { method: 'PUT', body: () => createReadStream(file) }).catch(() => {})
  }
  await expect.poll(openFiles).toBeLessThanOrEqual(before)
  await send.destroy()
})

it('lets go of a body once its call is over', async () => {
  await using upstream = await flakyUpstream()
  const send = createFetch({ endpoints: upstream.url, retry: false })
  let destroyed = false
  const body = createReadStream(file)
  body.on('close', () => {
    destroyed = true
  })
  await send('/', { method: 'PUT', body }).then((response) => response.text())
  await expect.poll(() => destroyed).toBe(true)
  await send.destroy()
})

it('blames nobody else for a stream of the caller that fails', async () => {
  await using upstream = await flakyUpstream()
  const send = createFetch({
    endpoints: upstream.url,
    breaker: { consecutiveFailures: 1 },
    ejection: { consecutiveFailures: 1 },
    retry: { attempts: 3, on: ['reset', 'connect-failure'], backoff: constant({ ms: 0 }) },
  })
  const body = async function* (): AsyncGenerator<string> {
    yield 'a'
    await Promise.resolve()
    throw new Error('disk read failed')
  }
  for (const idempotent of [true, false]) {
    const failure: unknown = await send('/', { method: 'PUT', body: body(), idempotent }).catch(
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(RequestError)
    expect(failure).toMatchObject({ cause: { message: 'disk read failed' } })
  }
  expect(send.breaker!.state).toBe('closed')
  expect((await send('/')).status).toBe(200)
  await send.destroy()
})

it('tells a stream why it is not read when its caller has given up before', async () => {
  using test = inMemory([{}])
  const reason = new Error('given up')
  const told: unknown[] = []
  const body = new ReadableStream<Uint8Array>({ cancel: (why) => void told.push(why) })
  const init = { method: 'POST', body, signal: AbortSignal.abort(reason) }
  await expect(test.send('/', init)).rejects.toBe(reason)
  expect(told).toEqual([reason])
})

it.each<[string, () => Promise<AsyncIterable<Uint8Array>>]>([
  [
    'a stream of the web',
    async () => {
      const stream = new Blob(['once']).stream()
      const reader = stream.getReader()
      await reader.read()
      reader.releaseLock()
      return stream as AsyncIterable<Uint8Array>
    },
  ],
  [
    'a file',
    async () => {
      const stream = createReadStream(file)
      await buffer(stream)
      return stream as AsyncIterable<Uint8Array>
    },
  ],
])('refuses to send %s that was read before, rather than nothing in its place', async (_name, used) => {
  using test = inMemory([{}])
  const sent = test.send('/', { method: 'PUT', body: await used() })
  await expect(sent).rejects.toThrow('the body is a stream that is already used')
  expect(test.upstream.requests).toHaveLength(0)
})

it('refuses a header without a value', async () => {
  using test = inMemory([{}])
  const headers = [['authorization']] as unknown as [string, string][]
  await expect(test.send('/', { headers })).rejects.toThrow('headers must be pairs of a name and a value')
})
