import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'
import { expectNothingLeft } from './expect-nothing-left.js'

it('leaves nothing behind after 400 mixed failures (seed 42)', async () => {
  await expectNothingLeft(400, 42)
})

const withStream = async (response: Response): Promise<ReadableStream<Uint8Array>> => response.body!

it.each<[string, (response: Response) => unknown]>([
  ['response', (response) => response],
  ['stream', withStream],
  ['copy', (response) => response.clone()],
])('lets go of a large answer whose %s was forgotten, without any limit in time', async (_name, touch) => {
  await using upstream = await flakyUpstream({ script: [{ body: 'x'.repeat(500_000) }] })
  const send = createFetch({ endpoints: upstream.url, timeout: false, breaker: {} })
  await send('/').then((response) => void touch(response))
  expect(send.endpoints[0]!.active).toBe(1)
  const collect = garbageCollector()
  await expect.poll(() => (collect(), send.endpoints[0]!.active)).toBe(0)
  await send.close()
})

it.each<[string, (response: Response) => unknown]>([
  ['stream', (response) => response.body],
  ['copy', (response) => response.clone().body],
  ['stream in another response', (response) => new Response(response.body, response).body],
])('reads an answer to its end of which only the %s is held', async (_name, take) => {
  const parts: ((part: string | undefined) => void)[] = []
  await using upstream = await partByPart(parts)
  const send = createFetch({ endpoints: upstream.url })
  const body = (await send('/').then(take)) as AsyncIterable<Uint8Array>
  const collect = garbageCollector()
  let read = ''
  const reading = (async () => {
    for await (const part of body) read += Buffer.from(part).toString()
  })()
  for (const part of ['b', 'c', 'd', undefined]) {
    // Finalisers run between two turns.
    for (let turn = 0; turn < 3; turn++) {
      collect()
      await nextTurn()
    }
    const before = read
    parts[0]!(part)
    if (part !== undefined) await expect.poll(() => read).toBe(before + part)
  }
  await reading
  expect(read).toBe('abcd')
  await send.close()
})

/** Sends an `a`, and then whatever the test has it send. */
async function partByPart(
  parts: ((part: string | undefined) => void)[],
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) => {
    response.write('a')
    parts.push((part) => void (part === undefined ? response.end() : response.write(part)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** The collector is a flag of V8, which a new context heeds after it is set. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
