import { expect, test } from 'vitest'
import { askAgainAfter } from './ask-again-after.js'

/** How often a program is asked that is ready after so long. */
function questionsUntil(readyMs: number): number {
  let asked = 1
  for (let upForMs = 0; upForMs < readyMs; upForMs += askAgainAfter(upForMs)) asked += 1
  return asked
}

test('twenty programs that take 30 s to start are not asked all the time, which would take them longer still', () => {
  expect(questionsUntil(30_000)).toBeLessThan(150)
})

test('one that is ready soon is noticed soon, and any other at most a tenth or a quarter of a second later', () => {
  expect(askAgainAfter(0)).toBe(25)
  expect(questionsUntil(200)).toBe(9)
  expect(askAgainAfter(1_000)).toBe(100)
  expect(askAgainAfter(600_000)).toBe(250)
})
