import { expect, test } from 'vitest'
import type { EventRecord } from '../../events/received-event.js'
import { fromKafkaRecord, toKafkaMessage } from './kafka-message.js'

const event: EventRecord = {
  partition: 3,
  transaction: 700,
  id: 42,
  eventId: 'order-1',
  key: 'customer-1',
  type: 'order.placed',
  version: 2,
  source: '/orders',
  subject: 'order',
  time: '2026-01-02T03:04:05.678Z',
  traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  traceState: null,
  data: '{"total":12}',
}
const textOf = (headers: ReadonlyMap<Buffer, Buffer>): Record<string, string> =>
  Object.fromEntries([...headers].map(([name, value]) => [name.toString(), value.toString()]))

test('on the wire an event is a CloudEvent 1.0 in the binary mode of the Kafka binding, as any other reader expects it', () => {
  const { topic, partition, key, value, headers } = toKafkaMessage('orders', event)
  expect([topic, partition, key?.toString(), value.toString()]).toEqual([
    'orders',
    3,
    'customer-1',
    '{"total":12}',
  ])
  expect(textOf(headers)).toEqual({
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: 'order-1',
    ce_source: '/orders',
    ce_type: 'order.placed',
    ce_time: '2026-01-02T03:04:05.678Z',
    ce_subject: 'order',
    ce_partitionkey: 'customer-1',
    ce_sequence: '0000000000000000042',
    ce_dataversion: '2',
    ce_traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  })
})

const noHeaders: [Buffer, Buffer][] = []

test.each([
  ['microseconds', Date.now() * 1_000],
  ['nanoseconds', Date.now() * 1_000_000],
  ['less than nothing', -1],
])('a message of somebody else whose time is in %s is read, and stops nobody', (_, timestamp) => {
  const record = {
    offset: 7n,
    timestamp,
    key: Buffer.from('k'),
    value: Buffer.from('{}'),
    headers: noHeaders,
  }
  const read = fromKafkaRecord('orders', 0, record)
  expect(read).toMatchObject({ id: 7, key: 'k', data: '{}' })
  expect(Number.isNaN(Date.parse(read.time))).toBe(false)
})
