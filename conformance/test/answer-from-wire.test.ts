import { expect, it } from 'vitest'
import type { Answer } from '../src/drivers/driver.js'
import { proxiedAnswer } from '../src/drivers/wire/answer-from-wire.js'

const answer = (outcome: number): Answer => ({ outcome, headers: {}, body: '', cut: undefined, detail: '' })

it.each([
  [504, ['UT'], 'timeout'],
  [504, ['UT', 'URX'], 'timeout'],
  [503, ['UF', 'URX'], 'connect-failure'],
  [503, ['UC'], 'reset'],
  [502, ['UPE'], 'protocol-error'],
  [503, ['UO'], 'overflow'],
  [503, ['UH'], 'no-endpoint'],
  [429, ['RL'], 'rate-limited'],
  [504, [], 504],
  [503, ['URX'], 503],
  [503, ['FI'], 503],
  [404, ['NR'], 404],
  // The flags tell of an attempt that was not the last word.
  [200, ['UC'], 200],
])('takes %i with the flags %j for %s', (status, flags, outcome) => {
  expect(proxiedAnswer(answer(status), flags)).toEqual({ ...answer(status), outcome, flags })
})
