import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from './line-splitter.js'
import { RecentLines } from './recent-lines.js'

function linesOf(pieces: readonly Uint8Array[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  for (const piece of pieces) splitter.push(piece)
  splitter.end()
  return lines
}

test('however output comes in pieces, the lines are the same, characters of several bytes too', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' '), minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      expect(linesOf(pieces)).toEqual(lines)
    }),
  )
})

test('a line without an end takes no more than its bound, and says what was left out', () => {
  const lines = linesOf(Array.from({ length: 100 }, () => Buffer.alloc(10_000, 'x')))
  expect(lines).toEqual([`${'x'.repeat(16_384)} ... (983616 characters left out)`])
})

test('a last line without its newline, and one of Windows, are lines', () => {
  expect(linesOf([Buffer.from('one\r\ntwo')])).toEqual(['one', 'two'])
})

test.each([
  ['in one piece', ['one\rtwo\rthree\nfour']],
  ['cut at every return', ['one', '\r', 'two\r', 'three', '\nfour']],
  ['too long to be kept whole', ['x'.repeat(40_000), '\rthree\nfour']],
])('of a line that is written again and again, %s, the last is taken', (_how, pieces) => {
  expect(linesOf(pieces.map((text) => Buffer.from(text)))).toEqual(['three', 'four'])
})

test('only the last lines are kept', () => {
  const recent = new RecentLines(3)
  for (let index = 0; index < 100; index += 1) recent.add(String(index))
  expect(recent.last(10)).toEqual(['97', '98', '99'])
  expect(recent.last(2)).toEqual(['98', '99'])
})
