import { describe, expect, it } from 'vitest'
import { headerLines, headerObject } from './header-lines.js'

describe('header lines', () => {
  it('become an object, and several of a name a list', () => {
    expect(headerObject('A: 1\r\nset-cookie: a=b\r\nset-cookie: c:d\r\n')).toEqual({
      a: '1',
      'set-cookie': ['a=b', 'c:d'],
    })
  })

  it('keep the last octet of a letter that looks like whitespace to some', () => {
    expect(headerObject('a: voil\xc3\xa0 \t\r\n')).toEqual({ a: 'voil\xc3\xa0' })
  })

  it('are made of names and values, without those of one connection', () => {
    expect(headerLines([':status', '200', 'x', '1', 'connection', 'close'])).toBe('x: 1\r\n')
  })
})
