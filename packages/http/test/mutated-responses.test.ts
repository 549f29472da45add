import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createFetch, type ResilientFetch, TransportError } from '../src/index.js'
import { chunkedResponse, rawResponse } from './raw-response.js'
import { scriptedUpstream } from './scripted-upstream.js'

/** `WATERTIGHT_FUZZ_RUNS=100000` is the long form of this test. */
const RUNS = Number(process.env['WATERTIGHT_FUZZ_RUNS'] ?? 300)

const valid = [
  rawResponse({ headers: { 'content-type': 'application/json', 'retry-after': '1' }, body: '{"a":1}' }),
  rawResponse({ status: '503 Service Unavailable', body: 'no' }),
  chunkedResponse(['he', 'llo'], { etag: '"x"' }),
  `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${rawResponse()}`,
].map((text) => Buffer.from(text, 'latin1'))

/** One edit: some bytes from a place on give way to others. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  removed: fc.nat(4),
  added: fc.oneof(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('\r\n', '\r\n\r\n', ':', ' ', '0', 'ffffffff', 'content-length: 3\r\n', 'HTTP/1.1 '),
  ),
})

function mutated(bytes: Buffer, edits: readonly { at: number; removed: number; added: string }[]): Buffer {
  let text = bytes.toString('latin1')
  for (const { at, removed, added } of edits) {
    const index = Math.floor(at * text.length)
    text = text.slice(0, index) + added + text.slice(index + removed)
  }
  return Buffer.from(text, 'latin1')
}

/** How a call of such an upstream ends, whatever it sends: with an answer, or with a failure of ours. */
async function endingOf(send: ResilientFetch): Promise<string> {
  try {
    const response = await send('/')
    expect(response.status).toBeGreaterThanOrEqual(200)
    await response.text()
    return 'answer'
  } catch (error) {
    if (error instanceof TransportError && error.code.startsWith('WT_')) return error.failureClass
    throw error
  }
}

it(
  `survives ${RUNS} answers with bytes gone wrong`,
  async () => {
    const endings = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...valid),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('end', 'reset'),
        async (bytes, edits, after) => {
          await using upstream = await scriptedUpstream([{ bytes: mutated(bytes, edits), after }])
          const timeout = { attemptMs: 2_000, bodyIdleMs: 2_000 }
          const send = createFetch({ endpoints: upstream.url, retry: false, timeout })
          endings.add(await endingOf(send))
          expect(send.endpoints[0]!.active).toBe(0)
          await send.destroy()
        },
      ),
      { numRuns: RUNS },
    )
    expect(endings).toContain('answer')
    expect(endings).toContain('protocol-error')
  },
  Math.max(30_000, RUNS * 30),
)
