import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRequests, splitAt } from '../../test/http1/read-messages.js'
import { DROPPED_HEADER, HeaderNames } from './header-names.js'
import type { Http1Limits } from './http1-limits.js'
import { END, HEAD } from './message-reader.js'
import { RequestReader } from './request-reader.js'

const host = 'Host: a.example\r\n'
/** Drops what was dropped alone. */
const DROPPED = new Uint8Array(256).fill(1, DROPPED_HEADER, DROPPED_HEADER + 1)
const readText = (text: string, limits: Partial<Http1Limits> = {}): ReturnType<typeof readRequests> =>
  readRequests([Buffer.from(text, 'latin1')], { limits })

const accepted: readonly (readonly [name: string, text: string])[] = [
  ['a small request', `GET / HTTP/1.1\r\n${host}\r\n`],
  ['whitespace around values', `GET / HTTP/1.1\r\nHost:\t a.example \t\r\nX-Empty:\r\nX-Blank: \t\r\n\r\n`],
  ['a body of a length', `POST /a?b=c HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`],
  ['a body of length 0', `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`],
  ['a chunked body', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
  [
    'extensions and trailers',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5;a;b=c;d="e \\" f"\r\nhello\r\n00;z\r\nX-Sum: 1\r\n\r\n`,
  ],
  [
    'one after the other',
    `GET /1 HTTP/1.1\r\n${host}\r\nPOST /2 HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\nhiGET /3 HTTP/1.1\r\n${host}\r\n`,
  ],
  ['HTTP/1.0 without a host', 'GET / HTTP/1.0\r\n\r\n'],
  ['an absolute target', `GET http://a.example/x HTTP/1.1\r\n${host}\r\n`],
  ['an IPv6 host', 'GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n'],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${host}\r\n`],
  ['CONNECT', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n'],
  ['what browsers send raw in a query', `GET /?a[0]={x|y}^\` HTTP/1.1\r\n${host}\r\n`],
  ['bytes beyond ASCII in a value', `GET / HTTP/1.1\r\n${host}X: \xe4\xff\r\n\r\n`],
  ['an upgrade', `GET / HTTP/1.1\r\n${host}Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  ['a body announced', `POST / HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx`],
]

it.each(accepted)('reads %s', (_name, text) => {
  expect(readText(text)).toMatchSnapshot()
})

const post = (headers: string, body = ''): string => `POST / HTTP/1.1\r\n${host}${headers}\r\n${body}`
const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body)

const refused: readonly (readonly [code: string, text: string])[] = [
  ['bad-method', ` GET / HTTP/1.1\r\n${host}\r\n`],
  ['bad-method', `\r\nGET / HTTP/1.1\r\n${host}\r\n`],
  ['bad-method', `G(T / HTTP/1.1\r\n${host}\r\n`],
  ['bad-method', `${'A'.repeat(33)} / HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET  / HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET\t/ HTTP/1.1\r\n${host}\r\n`.replace('GET\t', 'GET \t')],
  ['bad-target', `GET /\x00 HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET /\xe4 HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET /a#b HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET /a\\b HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET /%4 HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET /%g0 HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET a/b HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET * HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET ftp://a.example/ HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET http://u@a.example/ HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `CONNECT a.example HTTP/1.1\r\n${host}\r\n`],
  ['bad-target', `GET /\r\n${host}\r\n`],
  ['bad-version', `GET / x HTTP/1.1\r\n${host}\r\n`],
  ['bad-version', `GET / HTTP/1.1 \r\n${host}\r\n`],
  ['bad-version', `GET / HTTP/2.0\r\n${host}\r\n`],
  ['bad-version', `GET / HTTP/1.2\r\n${host}\r\n`],
  ['bad-version', `GET / http/1.1\r\n${host}\r\n`],
  ['bare-lf', `GET / HTTP/1.1\n${host}\r\n`],
  ['bare-cr', `GET / HTTP/1.1\r${host}\r\n`],
  ['bare-lf', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
  ['bare-cr', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n'],
  ['bare-lf', 'GET / HTTP/1.1\r\nHost: a\r\n\n'],
  ['bare-cr', 'GET / HTTP/1.1\r\nHost: a\r\n\rx'],
  ['obs-fold', 'GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n'],
  ['obs-fold', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
  ['obs-fold', post('X: a\r\n\tb\r\n')],
  ['bad-header-name', post('X : a\r\n')],
  ['bad-header-name', post(': a\r\n')],
  ['bad-header-name', post('X\r\n')],
  ['bad-header-name', post('X\x00: a\r\n')],
  ['bad-header-name', post('X(y): a\r\n')],
  ['bad-header-value', post('X: a\x00\r\n')],
  ['bad-header-value', post('X: a\x7f\r\n')],
  ['bad-header-value', post('X: a\x0bb\r\n')],
  ['bad-host', 'GET / HTTP/1.1\r\n\r\n'],
  ['bad-host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['bad-host', `GET / HTTP/1.1\r\n${host}${host}\r\n`],
  ['bad-host', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
  ['bad-host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['bad-host', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n'],
  ['bad-host', 'GET / HTTP/1.1\r\nHost: a:80x\r\n\r\n'],
  ['bad-host', 'GET / HTTP/1.1\r\nHost: [::1\r\n\r\n'],
  ['host-differs', `GET http://b.example/ HTTP/1.1\r\n${host}\r\n`],
  ['host-differs', `CONNECT b.example:1 HTTP/1.1\r\n${host}\r\n`],
  ['length-and-encoding', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['length-and-encoding', post('transfer-encoding: chunked\r\ncontent-length: 0\r\n', '0\r\n\r\n')],
  ['bad-content-length', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello')],
  ['bad-content-length', post('Content-Length: 5\r\ncontent-length: 6\r\n', 'hello')],
  ['bad-content-length', post('Content-Length: 5, 5\r\n', 'hello')],
  ['bad-content-length', post('Content-Length: +5\r\n', 'hello')],
  ['bad-content-length', post('Content-Length: -5\r\n', 'hello')],
  ['bad-content-length', post('Content-Length: 0x5\r\n', 'hello')],
  ['bad-content-length', post('Content-Length: 5 5\r\n', 'hello')],
  ['bad-content-length', post('Content-Length:\r\n')],
  ['bad-content-length', post('Content-Length: 9999999999999999\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding: xchunked\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding: gzip, chunked\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding: chunked, identity\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding: identity\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding: "chunked"\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding:\r\n')],
  ['bad-transfer-encoding', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n')],
  ['encoding-in-http10', `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['bad-connection', post('Connection: host\r\n')],
  ['bad-connection', post('Connection: close, Content-Length\r\n')],
  ['bad-connection', post('Connection: a b\r\n')],
  ['bad-connection', post('Connection: close\xa0\r\n')],
  ['bad-connection', post('Connection: upgrade, \xa0close\r\n')],
  ['bad-expectation', post('Expect: 200-ok\r\n')],
  ['bad-upgrade', post('Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n')],
  ['bad-upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\xa0\r\n\r\n'],
  ['bad-chunk-size', chunked('x\r\n')],
  ['bad-chunk-size', chunked('\r\n')],
  ['bad-chunk-size', chunked(' 5\r\nhello\r\n')],
  ['bad-chunk-size', chunked('0x5\r\nhello\r\n')],
  ['bad-chunk-size', chunked('-5\r\nhello\r\n')],
  ['bad-chunk-size', chunked('5 \r\nhello\r\n')],
  ['bad-chunk-size', chunked('000000005\r\nhello\r\n')],
  ['bare-lf', chunked('5\nhello\r\n')],
  ['bare-cr', chunked('5\rhello\r\n')],
  ['bad-chunk-extension', chunked('5;\r\nhello\r\n')],
  ['bad-chunk-extension', chunked('5; a\r\nhello\r\n')],
  ['bad-chunk-extension', chunked('5;a=\r\nhello\r\n')],
  ['bare-lf', chunked('5;a\nhello\r\n')],
  ['bare-cr', chunked('5;a\rhello\r\n')],
  ['bad-chunk-end', chunked('5\r\nhelloo\r\n')],
  ['bad-chunk-end', chunked('5\r\nhello\n0\r\n\r\n')],
  ['bad-chunk-end', chunked('5\r\nhello\rx')],
  ['obs-fold', chunked('0\r\n X: a\r\n\r\n')],
  ['bad-trailer', chunked('0\r\nContent-Length: 5\r\n\r\n')],
  ['bad-trailer', chunked('0\r\nTransfer-Encoding: chunked\r\n\r\n')],
  ['bad-trailer', chunked('0\r\nHost: b.example\r\n\r\n')],
]

it.each(refused)('refuses with %s %j', (code, text) => {
  expect(readText(text).refusal).toBe(code)
})

describe('limits', () => {
  const limits = {
    startLineBytesMax: 40,
    headBytesMax: 100,
    headersMax: 3,
    chunkExtensionBytesMax: 8,
    trailerBytesMax: 20,
  }

  it.each([
    ['target-too-long', `GET /${'a'.repeat(40)} HTTP/1.1\r\n${host}\r\n`],
    ['head-too-large', `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(80)}\r\n\r\n`],
    ['too-many-headers', `GET / HTTP/1.1\r\n${host}A: 1\r\nB: 2\r\nC: 3\r\n\r\n`],
    ['chunk-extensions-too-large', chunked('1;abcdef\r\na\r\n1;a\r\na\r\n')],
    ['trailers-too-large', chunked(`0\r\nX: ${'a'.repeat(20)}\r\n\r\n`)],
  ])('%s', (code, text) => {
    expect(readText(text, limits).refusal).toBe(code)
  })

  it('accept what just fits', () => {
    expect(readText(`GET / HTTP/1.1\r\n${host}A: 1\r\nB: 2\r\n\r\n`, limits).messages).toHaveLength(1)
  })
})

it('comes to the same wherever the bytes are split', () => {
  const texts = [...accepted, ...refused].map(([, text]) => Buffer.from(text, 'latin1'))
  const input = fc.constantFrom(...texts)
  fc.assert(
    fc.property(input, fc.array(fc.nat(160), { maxLength: 12 }), (bytes, offsets) => {
      expect(readRequests(splitAt(bytes, offsets))).toEqual(readRequests([bytes]))
    }),
    { numRuns: 500 },
  )
})

it('lines that come once more are read as the first time, whatever was dropped of them meanwhile', () => {
  const reader = new RequestReader(new HeaderNames())
  const ask = (lines: string): string => {
    reader.feed(Buffer.from(`GET / HTTP/1.1\r\n${lines}\r\n`))
    expect([reader.next(), reader.next()]).toEqual([HEAD, END])
    const { headers } = reader.head
    const { count } = headers
    const kept = headers.keptText(new Uint8Array(256))
    headers.drop(0)
    return `${count}: ${kept} then ${headers.keptText(DROPPED)}`
  }
  const [one, other] = [`${host}A: 1\r\n`, `${host}A: 2\r\n`]
  const told = [one, one, other, one, host, host].map(ask)
  expect(told.map((text) => text.split(' then ')[0])).toEqual(
    [one, one, other, one, host, host].map((lines) => `${lines.split('\r\n').length - 1}: ${lines}`),
  )
  expect(told[1]).toBe(told[0])
})

it('lines that are known are refused where they would be beyond the limit', () => {
  const text = (target: string): string => `GET /${target} HTTP/1.1\r\n${host}\r\n`
  const short = text('')
  expect(readText(short + short, { headBytesMax: short.length }).refusal).toBeUndefined()
  expect(readText(short + text('a'), { headBytesMax: short.length }).refusal).toBe('head-too-large')
})

it('the lines of a request behind another are its own when the end of its head comes alone', () => {
  const text = `GET /1 HTTP/1.1\r\n${host}\r\nGET /2 HTTP/1.1\r\n${host}X: y\r\n\r\n`
  const { messages } = readRequests(splitAt(Buffer.from(text, 'latin1'), [text.length - 2]))
  expect(messages[1]!.headers).toEqual(['host: a.example', 'x: y'])
})

it('comes to the same when every byte comes alone', () => {
  for (const [, text] of [...accepted, ...refused]) {
    const bytes = Buffer.from(text, 'latin1')
    const each = Array.from({ length: bytes.length }, (_, at) => at)
    expect(readRequests(splitAt(bytes, each))).toEqual(readRequests([bytes]))
  }
})
