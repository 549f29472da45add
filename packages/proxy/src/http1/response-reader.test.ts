import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readResponses, type ReadOptions, splitAt } from '../../test/http1/read-messages.js'

type Case = readonly [name: string, text: string, options: ReadOptions]

const cases: readonly (readonly [name: string, text: string, options?: ReadOptions])[] = [
  ['a body of a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
  ['no phrase', 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n'],
  ['no phrase and no space before it', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
  ['no body to HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', { methods: ['HEAD'] }],
  ['no body with 204 and 304', 'HTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n'],
  [
    'heads before the answer',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
  ],
  [
    'chunks and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\n',
  ],
  ['a body until the connection closes', 'HTTP/1.1 200 OK\r\n\r\nwhat comes'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx'],
  [
    'another protocol',
    'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00',
    { upgrade: true },
  ],
]

const accepted = cases.map(([name, text, options = {}]): Case => [name, text, options])

it.each(accepted)('reads %s', (_name, text, options) => {
  expect(readResponses([Buffer.from(text, 'latin1')], options)).toMatchSnapshot()
})

const refused: readonly (readonly [code: string, text: string])[] = [
  ['bad-status-line', 'HTTP/2 200 OK\r\n\r\n'],
  ['bad-status-line', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['bad-status-line', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['bad-status-line', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['bad-status-line', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['bad-status-line', 'HTTP/1.1 600 OK\r\n\r\n'],
  ['bad-status-line', 'HTTP/1.1 200 O\x00K\r\n\r\n'],
  ['bare-lf', 'HTTP/1.1 200 OK\n\r\n'],
  ['bare-lf', 'HTTP/1.1 200 OK\r\nA: b\n\r\n'],
  ['obs-fold', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
  ['length-and-encoding', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['bad-content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ['body-before-answer', 'HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['body-before-answer', 'HTTP/1.1 103 Hints\r\nContent-Length: 5\r\n\r\n'],
  ['body-before-answer', 'HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['bad-transfer-encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
  ['encoding-in-http10', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['bad-upgrade', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
]

it.each(refused)('refuses with %s %j', (code, text) => {
  expect(readResponses([Buffer.from(text, 'latin1')]).refusal).toBe(code)
})

it('comes to the same wherever the bytes are split', () => {
  const inputs = [...accepted, ...refused.map(([code, text]): Case => [code, text, {}])]
  fc.assert(
    fc.property(
      fc.constantFrom(...inputs),
      fc.array(fc.nat(120), { maxLength: 12 }),
      ([, text, options], offsets) => {
        const bytes = Buffer.from(text, 'latin1')
        expect(readResponses(splitAt(bytes, offsets), options)).toEqual(readResponses([bytes], options))
      },
    ),
    { numRuns: 500 },
  )
})
