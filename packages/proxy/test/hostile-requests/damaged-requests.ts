import fc from 'fast-check'
import { corpus } from './corpus/corpus.js'
import { chunked, get, post } from './corpus/hostile-request.js'

const SEEDS: readonly string[] = [
  get(),
  get('Accept: */*', 'Connection: keep-alive'),
  post(['Content-Length: 5'], 'hello'),
  chunked('5\r\nhello\r\n0\r\n\r\n'),
  chunked('5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n'),
  get().replace('HTTP/1.1', 'HTTP/1.0'),
  `${get()}${post(['Content-Length: 3'], 'abc')}${get()}`,
  ...corpus
    .flatMap(({ requests }) => requests.map(({ bytes }) => bytes))
    .filter(({ length }) => length < 1_000),
]

/** What parsers have tripped over: ends of lines, separators, signs that digits may have, bytes outside of ASCII. */
const SPICES: readonly string[] = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  '\v',
  '\f',
  '\0',
  ':',
  ';',
  ',',
  '"',
  '=',
  '+',
  '-',
  '_',
  '.',
  '#',
  '?',
  '/',
  '@',
  '0',
  '1',
  '5',
  'a',
  'f',
  'x',
  'A',
  '\x7f',
  '\x80',
  '\xa0',
  '\xff',
  '%00',
  '0x',
  'Content-Length: 1\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: b.example\r\n',
  ' folded\r\n',
  'Connection: close\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  'HTTP/1.0',
  'chunked',
]

interface Damage {
  readonly at: number
  readonly removed: number
  readonly put: string
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  removed: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6 })),
  put: fc.oneof(
    fc.constantFrom(...SPICES),
    fc.constant(''),
    fc.string({ unit: 'binary-ascii', maxLength: 2 }),
  ),
})

/** Requests one or two of them, damaged in up to four places, as latin1. */
export const damagedRequests: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom(...SEEDS), { minLength: 1, maxLength: 2 }),
    fc.array(damage, { minLength: 0, maxLength: 4 }),
  )
  .map(([seeds, damages]) => damages.reduce(damaged, seeds.join('')))

function damaged(text: string, { at, removed, put }: Damage): string {
  const index = Math.floor(at * (text.length + 1))
  return text.slice(0, index) + put + text.slice(index + removed)
}
