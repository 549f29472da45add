import { expect, test } from 'vitest'
import { toCloudEvent } from './cloud-event.js'

const event = {
  id: 'e-1',
  source: '/orders',
  topic: 'orders',
  type: 'order.placed',
  version: 2,
  key: 'order-1',
  subject: '',
  time: '2026-01-01T00:00:00.000Z',
  sequence: 42,
  partition: 3,
  transaction: 7,
  traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  traceState: null,
  data: { total: 12 },
}

test('an event has the attributes of CloudEvents 1.0, and leaves out what would be empty', () => {
  expect(toCloudEvent(event)).toEqual({
    specversion: '1.0',
    id: 'e-1',
    source: '/orders',
    type: 'order.placed',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    partitionkey: 'order-1',
    sequence: '0000000000000000042',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    dataversion: 2,
    data: { total: 12 },
  })
  for (const name of Object.keys(toCloudEvent(event))) expect(name).toMatch(/^[a-z0-9]{1,20}$/)
})

test('sequences compare as texts in the order of their numbers', () => {
  const texts = [9, 10, 2_000_000_000, 9_007_199_254_740_991].map(
    (sequence) => toCloudEvent({ ...event, sequence }).sequence,
  )
  expect(texts.toSorted()).toEqual(texts)
})
