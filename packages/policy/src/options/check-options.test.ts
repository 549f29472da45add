import { describe, expect, it } from 'vitest'
import { checkOptions, integer, nearestSpelling, nested, orFalse, quote, required, text } from './index.js'
import { OptionError } from './option-error.js'

const rules = {
  size: required(integer(1)),
  name: text,
  retry: orFalse(nested({ attempts: integer(1), backoffMs: integer(0) })),
}

function errorOf(given: unknown): OptionError | undefined {
  try {
    checkOptions('queue', given, rules)
    return undefined
  } catch (error) {
    return error as OptionError
  }
}

describe('checking options', () => {
  it('accepts what the rules allow', () => {
    for (const given of [
      { size: 1 },
      { size: 2, name: 'a', retry: false },
      { size: 3, retry: { attempts: 1 } },
    ]) {
      expect(errorOf(given)).toBeUndefined()
    }
    expect(errorOf({ size: 1, name: undefined })).toBeUndefined()
  })

  it.each([
    [null, '', 'options must be an object, got null'],
    [[], '', 'options must be an object, got an array'],
    [undefined, '', 'options must be an object, got undefined'],
    [{}, 'size', 'size must be an integer >= 1, got undefined'],
    [{ size: '1' }, 'size', "size must be an integer >= 1, got '1'"],
    [{ size: 1, name: '' }, 'name', "name must be a text that is not empty, got ''"],
    [{ size: 1, retry: true }, 'retry', 'retry must be an object or false, got true'],
    [{ size: 1, retry: { attempts: 0 } }, 'retry.attempts', 'retry.attempts must be an integer >= 1, got 0'],
    [{ size: 1, nmae: 'a' }, 'nmae', "unknown option 'nmae'; did you mean name?"],
    [
      { size: 1, retry: { atempts: 2 } },
      'retry.atempts',
      "unknown option 'retry.atempts'; did you mean retry.attempts?",
    ],
    [{ size: 1, unheardOf: 1 }, 'unheardOf', "unknown option 'unheardOf'; allowed are size, name, retry"],
    [
      JSON.parse('{"size":1,"__proto__":1}'),
      '__proto__',
      "unknown option '__proto__'; allowed are size, name, retry",
    ],
  ])('refuses %j and names %s', (given, option, message) => {
    const error = errorOf(given)
    expect(error).toBeInstanceOf(OptionError)
    expect([error?.option, error?.message]).toEqual([option, `cannot create queue: ${message}`])
  })

  it('shows what was given in few words, and nothing of what is inside an object', () => {
    const given = ['x'.repeat(100), () => 1, [1], { password: 'x' }, 5n, Symbol('s')]
    expect(given.map(quote)).toEqual([
      `'${'x'.repeat(40)}'`,
      'a function',
      'an array',
      'an object',
      '5',
      'Symbol(s)',
    ])
  })
})

describe('the nearest spelling', () => {
  const known = ['timeout', 'retry', 'breaker', 'ms']

  it.each([
    ['timeuot', 'timeout'],
    ['TIMEOUT', 'timeout'],
    ['imeout', 'timeout'],
    ['rety', 'retry'],
    ['braeker', 'breaker'],
    ['m', 'ms'],
    ['sm', 'ms'],
    ['xx', undefined],
    ['retries', undefined],
    ['', undefined],
  ])('%s: %s', (word, nearest) => {
    expect(nearestSpelling(word, known)).toBe(nearest)
  })

  it('takes the nearer of two, and the first of equals', () => {
    expect(nearestSpelling('abcdefg', ['abcdefxx', 'abcdefh'])).toBe('abcdefh')
    expect(nearestSpelling('abc', ['abd', 'abe'])).toBe('abd')
  })

  it('costs little for a word without end', () => {
    expect(nearestSpelling('x'.repeat(1e6), known)).toBeUndefined()
  })
})
