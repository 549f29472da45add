import { expect, test } from 'vitest'
import { message } from './message.js'
import { StatementCache } from './statement-cache.js'

const noTypes = Buffer.from([0, 0])
const parse = (text: string) => message('P', '', text, noTypes)
const bind = (portal = '', name = '') => message('B', portal, name, Buffer.from([0, 0, 0, 0, 0, 0]))
const execute = message('E', '', Buffer.from([0, 0, 0, 0]))
const sync = message('S')
const request = (...texts: readonly string[]) =>
  Buffer.concat([...texts.flatMap((text) => [parse(text), bind(), execute]), sync])

/** The letters of messages, with the name of the statement that a parse or a bind is about. */
function told(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    const letter = String.fromCharCode(bytes[at] ?? 0)
    const from = letter === 'B' ? bytes.indexOf(0, at + 5) + 1 : at + 5
    const name = bytes.toString('utf8', from, bytes.indexOf(0, from))
    found.push(letter === 'P' || letter === 'B' ? `${letter}:${name}` : letter)
  }
  return found
}

const parsed = message('1')
const bound = message('2')
const completed = message('C', 'SELECT 1')
const ready = message('Z', Buffer.from('I'))

test('a statement that comes again is not parsed again, and its client does not notice', () => {
  const cache = new StatementCache(() => 0)
  const first = cache.request(request('select 1'))
  expect(told(first.bytes)).toEqual(['P:watertight_1', 'B:watertight_1', 'E', 'S'])
  const whole = Buffer.concat([parsed, bound, completed, ready])
  expect(cache.answer(whole, first)).toEqual(whole)
  const second = cache.request(request('select 1'))
  expect(told(second.bytes)).toEqual(['B:watertight_1', 'E', 'S'])
  expect(cache.answer(Buffer.concat([bound, completed, ready]), second)).toEqual(whole)
})

test('of several in one request each is answered in its place', () => {
  const cache = new StatementCache(() => 0)
  cache.request(request('select 1'))
  const mixed = cache.request(request('select 2', 'select 1', 'begin', 'select 2'))
  const sent = 'P:watertight_2 B:watertight_2 E B:watertight_1 E P: B: E B:watertight_2 E S'
  expect(told(mixed.bytes)).toEqual(sent.split(' '))
  const one = [bound, completed]
  const answer = Buffer.concat([parsed, ...one, ...one, parsed, ...one, ...one, ready])
  expect(told(cache.answer(answer, mixed))).toEqual('12C12C12C12CZ'.split(''))
})

test('the same text with other types of parameters is another statement', () => {
  const cache = new StatementCache(() => 0)
  const typed = message('P', '', 'select $1', Buffer.from([0, 1, 0, 0, 0, 23]))
  cache.request(request('select $1'))
  expect(told(cache.request(Buffer.concat([typed, bind(), execute, sync])).bytes)[0]).toBe('P:watertight_2')
})

test.each(['create table a ()', 'drop view v', 'do $$ begin end $$', 'rollback', 'vacuum'])(
  'after %s, which may have changed the schema, all is planned anew',
  (change) => {
    const cache = new StatementCache(() => 0)
    cache.request(request('select 1'))
    cache.request(message('Q', change))
    expect(told(cache.request(request('select 1')).bytes)[0]).toBe('P:watertight_2')
  },
)

test('a statement that failed is planned anew, and so is one that is ten seconds old', () => {
  let now = 0
  const cache = new StatementCache(() => now)
  const failed = cache.request(request('select 1 / 0'))
  cache.answer(Buffer.concat([parsed, message('E', 'C22012', ''), ready]), failed)
  expect(told(cache.request(request('select 1 / 0')).bytes)[0]).toBe('P:watertight_2')
  now = 10_000
  expect(told(cache.request(request('select 1 / 0')).bytes)[0]).toBe('P:watertight_3')
})

test('what is kept no more is closed, many at a time', () => {
  const cache = new StatementCache(() => 0)
  for (let index = 0; index < 219; index += 1) cache.request(request(`select ${index}`))
  expect(cache.takeClosing()).toBeUndefined()
  cache.request(request('select 219'))
  expect(told(cache.takeClosing() ?? Buffer.alloc(0))).toEqual([
    ...Array.from({ length: 20 }, () => 'C'),
    'S',
  ])
  expect(cache.takeClosing()).toBeUndefined()
})

test('whoever describes or closes a statement by its own name is left alone', () => {
  const cache = new StatementCache(() => 0)
  const described = Buffer.concat([
    message('P', '', 'select 1', noTypes),
    message('D', Buffer.from('S'), ''),
    sync,
  ])
  expect(cache.request(described).bytes).toEqual(described)
  const named = Buffer.concat([message('P', 'mine', 'select 1', noTypes), bind('', 'mine'), execute, sync])
  expect(cache.request(named).bytes).toEqual(named)
})
