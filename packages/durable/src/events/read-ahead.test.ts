import { expect, test } from 'vitest'
import type { PartitionPosition } from '../outbox/position.js'
import type { EventRecord } from './received-event.js'
import { ReadAhead } from './read-ahead.js'

const at = (id: number): PartitionPosition[] => [{ partition: 3, transaction: 1, id }]

/** A log that tells what it was asked; each answer is the position that it was read from. */
function askedLog(fails: (id: number) => boolean = () => false) {
  const asked: number[] = []
  const read = async ([from]: readonly PartitionPosition[]): Promise<EventRecord[]> => {
    await Promise.resolve()
    asked.push(from!.id)
    if (fails(from!.id) && asked.filter((id) => id === from!.id).length === 1) throw new Error('gone')
    return [{ id: from!.id } as EventRecord]
  }
  return { asked, log: { read } }
}

test('what was read ahead is handed out once, to whoever reads from there', async () => {
  const { asked, log } = askedLog()
  const ahead = new ReadAhead(log)
  ahead.begin(at(5), 10)
  expect(await ahead.read(at(5), 10)).toEqual([{ id: 5 }])
  expect(asked).toEqual([5])
  expect(await ahead.read(at(5), 10)).toEqual([{ id: 5 }])
  expect(asked).toEqual([5, 5])
})

test('a reader that stands elsewhere, since a batch failed or its partitions have changed, reads anew', async () => {
  const { asked, log } = askedLog()
  const ahead = new ReadAhead(log)
  ahead.begin(at(5), 10)
  expect(await ahead.read(at(4), 10)).toEqual([{ id: 4 }])
  expect(await ahead.read(at(5), 10)).toEqual([{ id: 5 }])
  expect(asked).toEqual([5, 4, 5])
})

test('reading ahead that fails is no failure: the reader finds out for itself', async () => {
  const { asked, log } = askedLog((id) => id === 5)
  const ahead = new ReadAhead(log)
  ahead.begin(at(5), 10)
  expect(await ahead.read(at(5), 10)).toEqual([{ id: 5 }])
  expect(asked).toEqual([5, 5])
  expect(await ahead.settle()).toBeUndefined()
})
