import { describe, expect, it } from 'vitest'
import { headerLines, headerObject, headText } from './head-text.js'

const head = [':method', 'GET', ':path', '/a?b', ':scheme', 'http', ':authority', 'a.example']

describe('the head of a request of HTTP/2 in the letters of HTTP/1.1', () => {
  it('has a line for each header', () => {
    expect(headText([...head, 'x-a', '1'], true)).toBe(
      'GET /a?b HTTP/1.1\r\nhost: a.example\r\nx-a: 1\r\n\r\n',
    )
  })

  it('joins what the other version has in one line', () => {
    expect(headText([...head, 'cookie', 'a=1', 'cookie', 'b=2'], true)).toContain('\r\ncookie: a=1; b=2\r\n')
  })

  it('announces a body whose length nobody has said', () => {
    expect(headText(head, false)).toContain('\r\ntransfer-encoding: chunked\r\n')
    expect(headText([...head, 'content-length', '5'], false)).not.toContain('transfer-encoding')
  })

  it.each([
    ['connection', 'close'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'websocket'],
    ['keep-alive', '5'],
    ['host', 'b.example'],
  ])('is none with %s: %s', (name, value) => {
    expect(headText([...head, name, value], true)).toBeUndefined()
  })
})

describe('header lines', () => {
  it('become an object, and several of a name a list', () => {
    expect(headerObject('A: 1\r\nset-cookie: a=b\r\nset-cookie: c:d\r\n')).toEqual({
      a: '1',
      'set-cookie': ['a=b', 'c:d'],
    })
  })

  it('are made of names and values, without those of one connection', () => {
    expect(headerLines([':status', '200', 'x', '1', 'connection', 'close'])).toBe('x: 1\r\n')
  })
})
