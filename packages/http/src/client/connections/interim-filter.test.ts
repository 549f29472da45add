import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InterimFilter } from './interim-filter.js'

/** What a reader gets of these chunks, when each comes after the one before was read. */
function readThrough(chunks: readonly string[], headBytesMax: number = 16_384): string {
  const filter = new InterimFilter(headBytesMax)
  const queue: Buffer[] = []
  const socket = { read: (): Buffer | null => queue.shift() ?? null }
  filter.watch(socket)
  filter.expectHead()
  let got = ''
  for (const chunk of chunks) {
    queue.push(Buffer.from(chunk, 'latin1'))
    for (let read = socket.read(); read !== null; read = socket.read()) got += read.toString('latin1')
  }
  return got
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nHTTP/1.1 100'
const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'

it.each([
  ['an answer', answer, answer],
  ['an answer after a 100', interim + answer, answer],
  ['an answer after several', interim + hints + interim + answer, answer],
  ['a change of protocol', 'HTTP/1.1 101 Switching\r\n\r\n', 'HTTP/1.1 101 Switching\r\n\r\n'],
  ['what is not HTTP', 'no such thing', 'no such thing'],
  ['less than a head', 'no', 'no'],
  ['an older version', 'HTTP/1.0 200 OK\r\n\r\n', 'HTTP/1.0 200 OK\r\n\r\n'],
])('passes on %s, however it is cut', (_what, sent, wanted) => {
  fc.assert(
    fc.property(fc.array(fc.nat(sent.length)), (cuts) => {
      const at = [0, ...cuts.toSorted((one, other) => one - other), sent.length]
      const chunks = at.slice(1).map((end, index) => sent.slice(at[index], end))
      expect(readThrough(chunks.filter((chunk) => chunk !== ''))).toBe(wanted)
    }),
  )
})

it('holds back no more than a head may have', () => {
  const endless = `HTTP/1.1 100 ${'x'.repeat(200)}`
  expect(readThrough([endless], 100)).toBe(endless)
})
