import { describe, expect, it } from 'vitest'
import { linearRegex } from './linear-regex.js'

describe('an expression of a route', () => {
  it.each([
    ['/a/[0-9]+(/b)?', '/a/12/b', true],
    ['/a|/b', '/b', true],
    ['/a|/b', '/ab', false],
    ['a', 'xa', false],
    ['a', 'ax', false],
  ])('%s takes the whole of %s or nothing', (source, text, taken) => {
    expect(linearRegex(source).test(text)).toBe(taken)
  })

  // An engine that goes back would try each of them in more ways than there are atoms, and never come to an end.
  it.each([
    ['(a+)+', `${'a'.repeat(5_000)}!`],
    ['(a|a)*', `${'a'.repeat(5_000)}!`],
    ['(.*)*x', 'a'.repeat(5_000)],
    ['([a-z]+[0-9]*)+', `${'abc'.repeat(2_000)}!`],
  ])('%s comes to its end on a text that all but matches', (source, text) => {
    expect(linearRegex(source).test(text)).toBe(false)
  })

  it.each(['(?=a)a', '(a)\\1'])('that no linear engine has, %s, is refused', (source) => {
    expect(() => linearRegex(source)).toThrow(SyntaxError)
  })
})
