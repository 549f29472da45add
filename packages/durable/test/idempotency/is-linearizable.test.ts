import { expect, test } from 'vitest'
import { isLinearizable, type KeyCall } from './is-linearizable.js'

const claim = (said: string, epoch: number, start: number, end: number, answeredBy: number = 0): KeyCall => ({
  kind: 'claim',
  said,
  epoch,
  answeredBy,
  start,
  end,
})
const finish = (said: boolean, epoch: number, start: number, end: number): KeyCall => ({
  kind: 'finish',
  said: String(said),
  epoch,
  answeredBy: 0,
  start,
  end,
})

test('one runs, others meet it in flight, and later find its answer', () => {
  const calls = [
    claim('in-flight', 0, 0, 9),
    claim('new', 1, 1, 8),
    finish(true, 1, 10, 12),
    claim('replay', 0, 11, 13, 1),
  ]
  expect(isLinearizable(calls)).toBe(true)
})

test.each([
  ['two are told to run', [claim('new', 1, 0, 9), claim('new', 2, 0, 9)]],
  [
    'one that was taken over is heard',
    [claim('new', 1, 0, 1), claim('takeover', 2, 2, 3), finish(true, 1, 4, 5)],
  ],
  [
    'a replay comes before the answer',
    [claim('new', 1, 0, 1), claim('replay', 0, 2, 3, 1), finish(true, 1, 4, 5)],
  ],
  [
    'another answer than the first is replayed',
    [claim('new', 1, 0, 1), claim('takeover', 2, 2, 3), finish(true, 2, 4, 5), claim('replay', 0, 6, 7, 1)],
  ],
  [
    'it is taken over once it is done',
    [claim('new', 1, 0, 1), finish(true, 1, 2, 3), claim('takeover', 2, 4, 5)],
  ],
  ['the owner is refused without a reason', [claim('new', 1, 0, 1), finish(false, 1, 2, 3)]],
])('a history in which %s is none', (_story, calls) => {
  expect(isLinearizable(calls)).toBe(false)
})
