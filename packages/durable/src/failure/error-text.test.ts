import { expect, test } from 'vitest'
import { errorText } from './error-text.js'

const failing = (name: string): object =>
  Object.defineProperty(new Error('x'), name, {
    get: () => {
      throw new Error('nothing is told')
    },
  })

test.each([
  ['an error', new Error('payment is away'), 'payment is away'],
  ['a text', 'away', 'away'],
  ['nothing', undefined, 'undefined'],
  ['a symbol', Symbol('away'), 'Symbol(away)'],
  ['an object without a text', Object.create(null), 'something was thrown that has no text'],
  ['an error that fails when it is read', failing('message'), 'something was thrown that has no text'],
  ['a message that is a number', Object.assign(new Error('x'), { message: 12n }), '12'],
])('%s that is thrown has a text', (_, thrown, text) => {
  expect(errorText(thrown)).toBe(text)
})

test('of a message of megabytes the beginning is kept, and the name of an error where it is wanted', () => {
  expect(errorText(new Error('x'.repeat(5_000_000)))).toHaveLength(2_000)
  expect(errorText(new TypeError('away'), true)).toBe('TypeError: away')
})
