import { describe, expect, it } from 'vitest'
import { HeaderField } from '../hpack/header-field.js'
import { RequestText } from './request-text.js'
import { TrailerText } from './trailer-text.js'

type Pairs = readonly (readonly [name: string, value: string])[]

const get: Pairs = [
  [':method', 'GET'],
  [':path', '/a?b'],
  [':scheme', 'http'],
  [':authority', 'a.example'],
]
const without = (name: string): Pairs => get.filter(([one]) => one !== name)

function textOf(fields: Pairs, isEnded: boolean = true): string | undefined {
  const text = new RequestText(4_096)
  for (const [name, value] of fields) text.field(new HeaderField(name, value))
  return text.isTooLarge ? 'too large' : text.text(isEnded)
}

describe('the head of a request of HTTP/2 in the letters of HTTP/1.1', () => {
  it('has a line for each header', () => {
    expect(textOf([...get, ['x-a', '1']])).toBe('GET /a?b HTTP/1.1\r\nhost: a.example\r\nx-a: 1\r\n\r\n')
  })

  it('has values of any other octets, such as those of a letter in UTF-8', () => {
    expect(textOf([...get, ['a', 'voil\xc3\xa0']])).toContain('\r\na: voil\xc3\xa0\r\n')
  })

  it('joins what the other version has in one line', () => {
    expect(textOf([...get, ['cookie', 'a=1'], ['cookie', 'b=2']])).toContain('\r\ncookie: a=1; b=2\r\n')
  })

  it('announces a body whose length nobody has said', () => {
    expect(textOf(get, false)).toContain('\r\ntransfer-encoding: chunked\r\n')
    expect(textOf([...get, ['content-length', '5']], false)).not.toContain('transfer-encoding')
  })

  it('takes its host from either of the two that say it', () => {
    expect(textOf([...without(':authority'), ['host', 'b.example']])).toContain('\r\nhost: b.example\r\n')
    expect(textOf([...get, ['host', 'a.example']])?.match(/host/g)).toHaveLength(1)
  })

  it('of a tunnel has a host in place of a path', () => {
    const tunnel: Pairs = [
      [':method', 'CONNECT'],
      [':authority', 'a.example:443'],
    ]
    expect(textOf(tunnel)).toBe('CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\n\r\n')
    expect(textOf([...tunnel, [':path', '/']])).toBeUndefined()
    expect(textOf([...tunnel, [':protocol', 'websocket']])).toBeUndefined()
  })

  it('is counted as the standard counts it', () => {
    expect(textOf([...get, ['a', 'x'.repeat(4_000)]])).toBe('too large')
  })

  it.each([
    ['no method', without(':method')],
    ['no path', without(':path')],
    ['an empty path', [...without(':path'), [':path', '']]],
    ['no scheme', without(':scheme')],
    ['two methods', [...get, [':method', 'GET']]],
    ['two paths', [...get, [':path', '/b']]],
    ['what only answers have', [...get, [':status', '200']]],
    ['what nobody knows', [...get, [':x', '1']]],
    ['a path behind headers', [...without(':path'), ['a', 'b'], [':path', '/']]],
    ['a name in capitals', [...get, ['X-A', '1']]],
    ['an empty name', [...get, ['', '1']]],
    ['a name with a colon', [...get, ['a:b', '1']]],
    ['a name with a space', [...get, ['a b', '1']]],
    ['a name with the end of a line', [...get, ['a\r\nb', '1']]],
    ['a value with the end of a line', [...get, ['a', '1\r\nhost: b']]],
    ['a value with a line feed', [...get, ['a', '1\nb: 2']]],
    ['a value with a NUL', [...get, ['a', '1\0']]],
    ['a value that begins with a space', [...get, ['a', ' 1']]],
    ['a value that ends with a tab', [...get, ['a', '1\t']]],
    ['a path with the end of a line', [...without(':path'), [':path', '/ HTTP/1.1\r\nx: y']]],
    ['a method with the end of a line', [...without(':method'), [':method', 'GET / HTTP/1.1\r\nx: y']]],
    ['a host with the end of a line', [...without(':authority'), [':authority', 'a\r\nx: y']]],
    ['connection: close', [...get, ['connection', 'close']]],
    ['transfer-encoding: chunked', [...get, ['transfer-encoding', 'chunked']]],
    ['upgrade: websocket', [...get, ['upgrade', 'websocket']]],
    ['keep-alive: 5', [...get, ['keep-alive', '5']]],
    ['proxy-connection: close', [...get, ['proxy-connection', 'close']]],
    ['te: gzip', [...get, ['te', 'gzip']]],
    ['two hosts', [...get, ['host', 'b.example']]],
    ['two hosts beside each other', [...without(':authority'), ['host', 'a'], ['host', 'b']]],
  ] as const)('is none with %s', (_, fields) => {
    expect(textOf(fields)).toBeUndefined()
  })
})

describe('trailers of HTTP/2', () => {
  it.each([
    ['lines', [['x-sum', '7']], 'x-sum: 7\r\n'],
    ['nothing, with what only heads have', [[':path', '/']], undefined],
    ['nothing, with what only connections have', [['connection', 'close']], undefined],
    ['nothing, with the end of a line', [['a', '1\r\nb: 2']], undefined],
    ['nothing, when they are too long', [['a', 'x'.repeat(200)]], undefined],
  ] as const)('are %s', (_, fields, lines) => {
    const text = new TrailerText(100)
    for (const [name, value] of fields) text.field(new HeaderField(name, value))
    expect(text.lines).toBe(lines)
  })
})
