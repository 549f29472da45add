import { expect, test } from 'vitest'
import { eventRow } from './event-row.js'
import type { NewEvent } from './topic.js'
import { defineTopic } from './topic.js'

const types = { placed: { schema: { parse: (input: unknown) => input } } }
const orders = defineTopic('orders', { source: '/orders', types })
const row = (event: Partial<NewEvent<typeof types>>) =>
  eventRow(orders, { type: 'placed', key: 'a', data: {}, ...event })

test('an event of a megabyte is written, and a larger one is refused before it gets to the database', () => {
  const bytes = 1_048_576
  expect(row({ data: 'x'.repeat(bytes - 2) }).data).toHaveLength(bytes)
  expect(() => row({ data: 'x'.repeat(bytes - 1) })).toThrow(
    'cannot publish placed to orders: data must be <= 1048576 bytes of JSON, got 1048577',
  )
  // Counted in bytes, not in characters.
  expect(() => row({ data: 'é'.repeat(bytes / 2) })).toThrow('got 1048578')
})

test('what JSON cannot hold is no data', () => {
  expect(() => row({ data: undefined })).toThrow(
    'cannot publish placed to orders: data must be JSON, got undefined',
  )
})

test.each(['', 'k'.repeat(256), 'a\0b'])('a key or an id that no database takes is refused: %j', (text) => {
  expect(() => row({ key: text })).toThrow(
    'cannot publish to orders: key must be null or 1 to 255 characters',
  )
  expect(() => row({ id: text })).toThrow('cannot publish to orders: id must be 1 to 255 characters')
})

test('a misspelt type is told its nearest', () => {
  expect(() => row({ type: 'plcaed' as 'placed' })).toThrow(
    /type must be one of placed, .*did you mean placed\?/,
  )
})

test('a time that no database reads is refused before it takes the transaction with it', () => {
  for (const time of [
    new Date(Number.NaN),
    new Date(8.64e15),
    new Date(-1e14),
    '2026-01-01' as unknown as Date,
  ])
    expect(() => row({ time })).toThrow('time must be a Date of the years 1 to 9999')
})

test('a subject that no text of the database holds is refused', () => {
  expect(() => row({ subject: 'a\0b' })).toThrow('subject must hold no zero character')
})
