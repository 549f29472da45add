import { expect, test } from 'vitest'
import { defineTopic } from './topic.js'
import { eventRow } from './event-row.js'
import { receiveEvent, type EventRecord } from '../events/received-event.js'

const parse = (input: unknown): { total: number; currency: string } => {
  const { total, currency } = input as { total?: unknown; currency?: unknown }
  if (typeof total !== 'number' || typeof currency !== 'string') throw new Error('no total in a currency')
  return { total, currency }
}
const orders = defineTopic('orders', {
  source: '/orders',
  types: {
    'order.placed': {
      version: 3,
      schema: { parse },
      upcasts: {
        1: ({ sum }: { sum: number }) => ({ total: sum }),
        2: (data: { total: number }) => ({ ...data, currency: 'EUR' }),
      },
    },
  },
})
const written = (version: number, data: unknown, type = 'order.placed'): EventRecord => ({
  partition: 0,
  transaction: 1,
  id: 1,
  eventId: 'e',
  key: 'k',
  type,
  version,
  source: '/orders',
  subject: null,
  time: '2026-01-01T00:00:00.000Z',
  traceParent: null,
  traceState: null,
  data: JSON.stringify(data),
})

test('data of an earlier version is brought to the shape of today, step by step', () => {
  const today = { total: 12, currency: 'EUR' }
  expect(receiveEvent(orders, written(1, { sum: 12 })).data).toEqual(today)
  expect(receiveEvent(orders, written(2, { total: 12 })).data).toEqual(today)
  expect(receiveEvent(orders, written(3, { total: 12, currency: 'CHF' })).data).toEqual({
    total: 12,
    currency: 'CHF',
  })
})

test('what cannot be read says why', () => {
  expect(() => receiveEvent(orders, written(4, {}))).toThrow(
    'cannot read event order.placed: its version must be <= 3 here, got 4',
  )
  expect(() => receiveEvent(orders, written(1, {}, 'order.lost'))).toThrow(/type must be one of order.placed/)
  expect(() => receiveEvent(orders, written(3, {}))).toThrow('no total in a currency')
})

test('what does not fit its schema is not published', () => {
  const event = { type: 'order.placed', key: 'k', data: { total: 'many', currency: 'EUR' } } as never
  expect(() => eventRow(orders, event)).toThrow('no total in a currency')
})

test.each([
  ['a type that is none', { type: 'order.place' }, /got 'order.place'; did you mean order.placed\?$/],
  ['an empty key', { key: '' }, /key must be null or 1 to 255 characters, got ''$/],
  ['a key with a zero byte', { key: 'a\0' }, /key must be null or 1 to 255 characters/],
  ['a key that is a number', { key: 12 }, /got 12$/],
  ['an empty id', { id: '' }, /id must be 1 to 255 characters/],
  [
    'two million bytes',
    { data: { total: 1, currency: 'x'.repeat(2_000_000) } },
    /data must be <= 1048576 bytes/,
  ],
])('%s is refused', (_, wrong, message) => {
  const event = { type: 'order.placed', key: 'k', data: { total: 1, currency: 'EUR' }, ...wrong } as never
  expect(() => eventRow(orders, event)).toThrow(message)
})

test('a topic whose upcasts cannot lead anywhere is refused where it is declared', () => {
  const types = {
    a: { version: 2, schema: { parse: (input: unknown) => input }, upcasts: { 2: (data: unknown) => data } },
  }
  expect(() => defineTopic('t', { source: '/t', types })).toThrow(
    /types.a.upcasts must be from versions below 2/,
  )
  const leading =
    (version: number, ...from: number[]) =>
    () =>
      defineTopic('t', {
        source: '/t',
        types: {
          a: {
            version,
            schema: { parse: (input: unknown) => input },
            upcasts: Object.fromEntries(from.map((one) => [one, (data: unknown) => data])),
          },
        },
      })
  for (const from of [[], [1], [1, 3]])
    expect(leading(4, ...from)).toThrow(
      `types.a.upcasts must be from 3, and from each version between that and the oldest, got '${from.join(', ') || 'none'}'`,
    )
  expect(leading(3, 1.5)).toThrow(/types.a.upcasts must be from versions below 3/)
  expect(leading(4, 2, 3)).not.toThrow()
  expect(() => defineTopic('No spaces', { source: '/t', types: {} })).toThrow(
    /cannot create topic: name must be/,
  )
})
