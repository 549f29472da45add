import { expect, test } from 'vitest'
import { type RecordBatch, visibleRecords } from './visible-records.js'

const TRANSACTIONAL = 0x10
const CONTROL = 0x20

function batch(
  firstOffset: bigint,
  values: readonly string[],
  producerId = -1n,
  attributes = 0,
): RecordBatch {
  const records = values.map((value, offsetDelta) => ({
    offsetDelta,
    timestampDelta: 0n,
    key: Buffer.alloc(0),
    value: Buffer.from(value),
    headers: [],
  }))
  const lastOffsetDelta = values.length - 1
  return { firstOffset, lastOffsetDelta, attributes, producerId, firstTimestamp: 5n, records }
}

function marker(offset: bigint, producerId: bigint, type: 'commit' | 'abort'): RecordBatch {
  const [record] = batch(offset, ['']).records
  const key = Buffer.from([0, 0, 0, type === 'commit' ? 1 : 0])
  const records = record === undefined ? [] : [{ ...record, key }]
  return { ...batch(offset, [''], producerId, TRANSACTIONAL | CONTROL), records }
}

const valuesOf = (visible: ReturnType<typeof visibleRecords>): string[] =>
  visible.records.map(({ value }) => value.toString())

test('what a broker sends of a batch from before the offset that was asked for is left out', () => {
  const visible = visibleRecords(12n, [batch(10n, ['a', 'b', 'c', 'd'])], [])
  expect(valuesOf(visible)).toEqual(['c', 'd'])
  expect(visible.next).toBe(14n)
})

test('records of an aborted transaction are not seen, those of the same producer before and after it are', () => {
  const batches = [
    batch(0n, ['kept'], 7n, TRANSACTIONAL),
    marker(1n, 7n, 'commit'),
    batch(2n, ['gone', 'gone too'], 7n, TRANSACTIONAL),
    batch(4n, ['of another'], 8n, TRANSACTIONAL),
    marker(5n, 7n, 'abort'),
    batch(6n, ['kept as well'], 7n, TRANSACTIONAL),
    marker(7n, 8n, 'commit'),
    marker(8n, 7n, 'commit'),
  ]
  const visible = visibleRecords(0n, batches, [{ producerId: 7n, firstOffset: 2n }])
  expect(valuesOf(visible)).toEqual(['kept', 'of another', 'kept as well'])
})

test('a transaction that began before the offset that was asked for is aborted all the same', () => {
  const batches = [batch(20n, ['gone'], 7n, TRANSACTIONAL), marker(21n, 7n, 'abort'), batch(22n, ['kept'])]
  expect(valuesOf(visibleRecords(20n, batches, [{ producerId: 7n, firstOffset: 3n }]))).toEqual(['kept'])
})

test('a stretch of nothing but markers and aborted records is passed, not asked for again and again', () => {
  const visible = visibleRecords(
    0n,
    [batch(0n, ['gone'], 7n, TRANSACTIONAL), marker(1n, 7n, 'abort')],
    [{ producerId: 7n, firstOffset: 0n }],
  )
  expect(visible).toEqual({ records: [], next: 2n })
})

test('offsets that compaction has removed leave a gap that is passed', () => {
  const compacted = { ...batch(0n, ['a']), lastOffsetDelta: 9 }
  expect(visibleRecords(0n, [compacted], []).next).toBe(10n)
})

test('what a record does not have is empty, however the client says so', () => {
  const record = { offsetDelta: 0, timestampDelta: 0n, key: null, value: null }
  const header = [Buffer.from('name'), null] as const
  const tombstone = { ...batch(0n, ['']), records: [{ ...record, headers: [header] }] }
  const none = Buffer.alloc(0)
  expect(visibleRecords(0n, [tombstone], []).records).toEqual([
    { offset: 0n, timestamp: 5, key: none, value: none, headers: [[Buffer.from('name'), none]] },
  ])
})
