import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import {
  createFetch,
  type FailureClass,
  type FetchOptions,
  RequestError,
  TransportError,
} from '../src/index.js'
import { chunkedResponse, rawResponse } from './raw-response.js'
import { passingTime } from './passing-time.js'
import { type Exchange, resetAt, scriptedUpstream, type ScriptedUpstream } from './scripted-upstream.js'
import { type SelfSignedCertificate, selfSignedCertificate } from '../src/testing/index.js'

/** How a call of a faulty upstream comes to an end for the one who made it. */
interface Ending {
  /** The status of an answer, or 0. */
  readonly status: number
  readonly body?: string
  readonly code: string
  readonly failureClass: FailureClass | ''
  /** Whether another attempt would have been made, had there been one left. */
  readonly retryable: boolean
  /** What is left of the connection once all is over. */
  readonly connection: Connection
}

type Connection = 'kept' | 'closed'

interface Row {
  readonly name: string
  readonly script: readonly Exchange[]
  readonly ending: Ending
  readonly options?: Partial<FetchOptions>
  readonly tls?: SelfSignedCertificate
  readonly scheme?: 'https'
}

const head = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'
const answer = rawResponse()
const kept = { code: '', failureClass: '', retryable: false, connection: 'kept' } as const
const hello: Ending = { ...kept, status: 200, body: 'hello' }

function broken(code: string, failureClass: FailureClass, retryable = true): Ending {
  return { status: 0, code, failureClass, retryable, connection: 'closed' }
}

/** The answer began, so its caller has it, and no further attempt can be made. */
function cut(code: string, failureClass: FailureClass): Ending {
  return { status: 200, code, failureClass, retryable: false, connection: 'closed' }
}

const reset = broken('WT_RESET', 'reset')
const protocol = broken('WT_PROTOCOL', 'protocol-error')
const certificate = selfSignedCertificate()
const strangers = selfSignedCertificate({ host: 'stranger.test' })
const expired = selfSignedCertificate({ notAfter: new Date(Date.now() - 60_000) })
const trusting = (trusted: SelfSignedCertificate): Partial<FetchOptions> => ({ tls: { ca: trusted.cert } })

const connecting: readonly Row[] = [
  { name: 'ends at the first byte', script: [{ at: 'first-byte', after: 'end' }], ending: reset },
  { name: 'resets at the first byte', script: [{ at: 'first-byte', after: 'reset' }], ending: reset },
  // By the time its words are read, the request is out, and nobody can tell that it spoke too early.
  { name: 'speaks before it is asked', script: [{ at: 'accept', bytes: answer }], ending: hello },
]

const stalling: readonly Row[] = [
  {
    name: 'never answers, and the attempt is limited',
    script: [{ after: 'stall' }],
    options: { timeout: { attemptMs: 1_000 } },
    ending: broken('WT_ATTEMPT_TIMEOUT', 'attempt-timeout'),
  },
  {
    name: 'never answers, and the head is limited',
    script: [{ after: 'stall' }],
    options: { timeout: { responseHeadersMs: 1_000 } },
    ending: broken('WT_HEADERS_TIMEOUT', 'attempt-timeout'),
  },
  {
    name: 'stalls in the middle of the head',
    script: [{ bytes: 'HTTP/1.1 200 OK\r\ncontent-le', after: 'stall' }],
    options: { timeout: { responseHeadersMs: 1_000 } },
    ending: broken('WT_HEADERS_TIMEOUT', 'attempt-timeout'),
  },
  {
    name: 'stalls in the middle of the body',
    script: [{ bytes: `${head}he`, after: 'stall' }],
    options: { timeout: { bodyIdleMs: 1_000 } },
    ending: cut('WT_BODY_TIMEOUT', 'reset'),
  },
  {
    name: 'stalls before TLS is up',
    script: [{ at: 'first-byte', after: 'stall' }],
    scheme: 'https',
    options: { timeout: { connectMs: 1_000 } },
    ending: broken('WT_CONNECT_TIMEOUT', 'connect-failure'),
  },
  {
    name: 'says nothing but that it goes on',
    script: [{ bytes: 'HTTP/1.1 102 Processing\r\n\r\n', after: 'stall' }],
    options: { timeout: { attemptMs: 1_000 } },
    ending: broken('WT_ATTEMPT_TIMEOUT', 'attempt-timeout'),
  },
]

const bodies: readonly Row[] = [
  {
    name: 'sends half a body and resets',
    script: [resetAt(answer, head.length + 2)],
    ending: cut('WT_RESET', 'reset'),
  },
  {
    name: 'sends half a body and ends',
    script: [{ bytes: `${head}he`, after: 'end' }],
    ending: cut('WT_RESET', 'reset'),
  },
  {
    name: 'sends a chunked body without its end',
    script: [{ bytes: chunkedResponse(['hello']).slice(0, -5), after: 'end' }],
    ending: cut('WT_RESET', 'reset'),
  },
  {
    name: 'sends a chunk whose size is no number',
    script: [{ bytes: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n' }],
    ending: cut('WT_PROTOCOL', 'protocol-error'),
  },
  {
    name: 'announces more than it sends, and ends',
    script: [{ bytes: rawResponse({ contentLength: 9 }), after: 'end' }],
    ending: cut('WT_RESET', 'reset'),
  },
  {
    name: 'ends the body with the connection, as it may',
    script: [{ bytes: 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello', after: 'end' }],
    ending: { ...hello, connection: 'closed' },
  },
  {
    name: 'sends a body larger than may be read at once',
    script: [{ bytes: rawResponse({ body: 'x'.repeat(2_000) }) }],
    options: { bodyBytesMax: 1_000 },
    ending: { ...cut('WT_RESPONSE_TOO_LARGE', 'protocol-error'), connection: 'kept' },
  },
]

const heads: readonly Row[] = [
  { name: 'is not HTTP', script: [{ bytes: 'SSH-2.0-OpenSSH_9.2\r\n' }], ending: protocol },
  {
    name: 'is HTTP/1.1 with a status of two digits',
    script: [{ bytes: 'HTTP/1.1 20 OK\r\n\r\n' }],
    ending: protocol,
  },
  {
    name: 'contradicts itself about the length',
    script: [{ bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello' }],
    ending: protocol,
  },
  {
    name: 'gives a length and chunks',
    script: [{ bytes: rawResponse({ headers: { 'transfer-encoding': 'chunked' } }) }],
    ending: protocol,
  },
  {
    name: 'sends a negative length',
    script: [{ bytes: 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n' }],
    ending: protocol,
  },
  {
    name: 'sends a huge header',
    script: [{ bytes: rawResponse({ headers: { 'x-huge': 'x'.repeat(70_000) } }) }],
    ending: protocol,
  },
  {
    name: 'answers 100 to a request that did not ask',
    script: [{ bytes: `HTTP/1.1 100 Continue\r\n\r\n${answer}` }],
    ending: hello,
  },
  {
    name: 'changes to a protocol that nobody asked for',
    script: [{ bytes: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n' }],
    ending: protocol,
  },
  {
    name: 'sends hints before its answer, as it may',
    script: [{ bytes: `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${answer}` }],
    ending: hello,
  },
  {
    name: 'sends garbage behind its answer',
    script: [{ bytes: `${answer}garbage` }],
    ending: { ...hello, connection: 'closed' },
  },
  {
    name: 'sends a second answer nobody asked for',
    script: [{ bytes: answer + answer }],
    ending: { ...hello, connection: 'closed' },
  },
]

const trust: readonly Row[] = [
  {
    name: 'can be trusted',
    script: [{ bytes: answer }],
    tls: certificate,
    options: trusting(certificate),
    ending: hello,
  },
  {
    name: 'vouches for itself',
    script: [{ bytes: answer }],
    tls: certificate,
    ending: broken('WT_TLS', 'connect-failure'),
  },
  {
    name: 'names another host',
    script: [{ bytes: answer }],
    tls: strangers,
    options: trusting(strangers),
    ending: broken('WT_TLS', 'connect-failure'),
  },
  {
    name: 'has an expired certificate',
    script: [{ bytes: answer }],
    tls: expired,
    options: trusting(expired),
    ending: broken('WT_TLS', 'connect-failure'),
  },
  {
    name: 'does not speak TLS',
    script: [{ at: 'first-byte', bytes: 'HTTP/1.1 400 Bad Request\r\n\r\n' }],
    scheme: 'https',
    ending: broken('WT_TLS', 'connect-failure'),
  },
  {
    name: 'resets during the handshake',
    script: [{ at: 'first-byte', after: 'reset' }],
    scheme: 'https',
    ending: broken('WT_CONNECT', 'connect-failure'),
  },
  {
    name: 'ends during the handshake',
    script: [{ at: 'first-byte', after: 'end' }],
    scheme: 'https',
    ending: broken('WT_TLS', 'connect-failure'),
  },
]

describe.each([
  { phase: 'connecting', rows: connecting },
  { phase: 'stalling', rows: stalling },
  { phase: 'heads', rows: heads },
  { phase: 'bodies', rows: bodies },
  { phase: 'trust', rows: trust },
])('an upstream, $phase', ({ phase, rows }) => {
  it.each(rows)('that $name', async ({ script, ending, options, tls, scheme }) => {
    await using upstream = await scriptedUpstream(script, {
      ...(tls === undefined ? {} : { tls }),
      ...(scheme === undefined ? {} : { scheme }),
    })
    using time = passingTime()
    const ends = endingOf(upstream, ending.connection, options)
    // Only limits need time to pass: for a handshake, which takes real time, it would pass too fast on a busy machine.
    expect(await (phase === 'stalling' ? time.during(ends) : ends)).toEqual(ending)
  })
})

it('refuses connections', async () => {
  const upstream = await scriptedUpstream([{ bytes: answer }])
  await upstream.refuse()
  expect(await endingOf(upstream, 'closed')).toEqual(broken('WT_CONNECT', 'connect-failure'))
})

it('resets at each byte of its answer', async () => {
  for (let position = 0; position < answer.length; position++) {
    await using upstream = await scriptedUpstream([resetAt(answer, position)])
    const expected = position < head.length ? reset : cut('WT_RESET', 'reset')
    expect(await endingOf(upstream, 'closed'), `at byte ${position}`).toEqual(expected)
  }
}, 30_000)

it('ends at each byte of its answer', async () => {
  for (let position = 0; position < answer.length; position++) {
    await using upstream = await scriptedUpstream([{ bytes: answer.slice(0, position), after: 'end' }])
    const expected = position < head.length ? reset : cut('WT_RESET', 'reset')
    expect(await endingOf(upstream, 'closed'), `at byte ${position}`).toEqual(expected)
  }
}, 30_000)

/** Calls once, reads everything, and tells how it ended. */
async function endingOf(
  upstream: ScriptedUpstream,
  expected: Connection,
  options: Partial<FetchOptions> = {},
): Promise<Ending> {
  const fetchOnce = createFetch({
    endpoints: upstream.url,
    retry: { attempts: 1, on: ['5xx', 'connect-failure', 'reset'] },
    ...options,
  })
  let status = 0
  try {
    const response = await fetchOnce('/')
    ;({ status } = response)
    const body = await response.text()
    return { ...kept, status, body, connection: await connectionOf(upstream, expected) }
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    const { code, failureClass, retryable } = error
    return { status, code, failureClass, retryable, connection: await connectionOf(upstream, expected) }
  } finally {
    await fetchOnce.destroy()
  }
}

/** What is expected is waited for, and what is not has some turns of the loop to show itself. */
async function connectionOf(upstream: ScriptedUpstream, expected: Connection): Promise<Connection> {
  const isClosed = (): boolean => upstream.open === 0
  if (expected === 'closed') await vi.waitUntil(isClosed, { timeout: 20_000, interval: 1 })
  else for (let turn = 0; turn < 100 && !isClosed(); turn++) await nextTurn()
  return isClosed() ? 'closed' : 'kept'
}

it('may reset before the request is out, which is as if there was no connection, or after it', async () => {
  await using upstream = await scriptedUpstream([{ at: 'accept', after: 'reset' }])
  const { code, retryable, connection } = await endingOf(upstream, 'closed')
  expect(['WT_CONNECT', 'WT_RESET']).toContain(code)
  expect([retryable, connection]).toEqual([true, 'closed'])
})

it('is told apart from a request that cannot be sent at all', async () => {
  await using upstream = await scriptedUpstream([{ bytes: answer }])
  const fetchOnce = createFetch({ endpoints: upstream.url })
  await expect(fetchOnce('/', { headers: { 'transfer-encoding': 'x' } })).rejects.toBeInstanceOf(RequestError)
  await expect(fetchOnce('/', { method: 'not a method' })).rejects.toBeInstanceOf(RequestError)
  expect(upstream.requests).toEqual([])
  await fetchOnce.destroy()
})
