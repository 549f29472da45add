import { afterAll, expect, it } from 'vitest'
import { eventually, gatewayTo, RawCaller, serveRaw } from '../running-proxy.js'
import { corpus } from './corpus/corpus.js'
import { HIDDEN_PATH, type HostileRequest } from './corpus/hostile-request.js'
import { fateOf } from './fate-of.js'
import { readRequests } from './read-requests.js'
import { recordingUpstream } from './recording-upstream.js'

const closing: (() => unknown)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

/** Begins another protocol, which this listener speaks: refused there, by the frames of that protocol. */
const SPEAKS_ANOTHER = 'the preface of HTTP/2'
const ANSWERED_MS_MAX = 20_000

it('hostile requests get their answer and no further than the gateway', async () => {
  const upstream = await recordingUpstream()
  const gateway = await gatewayTo(upstream.port)
  closing.push(
    () => gateway.close(),
    () => upstream[Symbol.asyncDispose](),
  )
  const requests = corpus.flatMap((family) => family.requests)
  const fates = await inLanes(requests, (request) => fateOf(gateway.port, request.bytes, waitFor(request)))
  const told = requests.map(({ name, answer }, index) => {
    const { statuses, closed } = fates[index]!
    if (answer === 'forwarded') return [name, statuses]
    return [name, name === SPEAKS_ANOTHER || answer.includes(statuses[0]!) ? 'refused' : statuses, closed]
  })
  expect(told).toEqual(
    requests.map(({ name, answer, bytes }) =>
      answer === 'forwarded' ? [name, readsOf(bytes).map(() => 200)] : [name, 'refused', true],
    ),
  )
  const seen = upstream.seen()
  expect(seen.filter(({ target }) => target === HIDDEN_PATH)).toEqual([])
  const forwarded = requests.filter(({ answer }) => answer === 'forwarded')
  expect(seen).toHaveLength(forwarded.flatMap(({ bytes }) => readsOf(bytes)).length)
})

it('a chunk that is none, after a good head, is refused, and the request never looks whole', async () => {
  let sent = ''
  let closed = false
  const upstream = await serveRaw((socket) => {
    socket.on('data', (bytes) => (sent += bytes.toString('latin1'))).on('close', () => (closed = true))
  })
  const gateway = await gatewayTo(upstream.port)
  closing.push(
    () => gateway.close(),
    () => upstream.close(),
  )
  const caller = new RawCaller(gateway.port)
  caller.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  await eventually(() => sent.includes('hello'))
  caller.send('zz\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => caller.ended && closed && gateway.lines.length > 0)
  expect(caller.received).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*connection: close\r\n/)
  expect(caller.received.match(/HTTP\/1.1/g)).toHaveLength(1)
  expect(sent).not.toContain('0\r\n\r\n')
  expect(sent).not.toContain('hidden')
  expect(gateway.lines).toMatchObject([{ status: 400, flags: 'DPE', bytesReceived: 5 }])
})

it('a chunk that is none, after the answer has begun, resets the connection', async () => {
  const upstream = await serveRaw((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'))
  })
  const gateway = await gatewayTo(upstream.port)
  closing.push(
    () => gateway.close(),
    () => upstream.close(),
  )
  const caller = new RawCaller(gateway.port)
  caller.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  await caller.until(/half/)
  caller.send('zz\r\n')
  await eventually(() => caller.closed)
  expect(caller.ended).toBe(false)
  expect(gateway.lines).toMatchObject([{ status: 200, flags: 'DPE' }])
})

function readsOf(bytes: string): readonly object[] {
  return readRequests(Buffer.from(bytes, 'latin1')).requests
}

function waitFor({ answer, bytes }: HostileRequest): { answers?: number; patienceMs: number } {
  const patienceMs = ANSWERED_MS_MAX
  return answer === 'forwarded' ? { answers: readsOf(bytes).length, patienceMs } : { patienceMs }
}

/** Runs some at once, and keeps the order of what comes of them. */
async function inLanes<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const index = next++
      results[index] = await run(all[index]!)
    }
  }
  await Promise.all(Array.from({ length: 16 }, lane))
  return results
}
