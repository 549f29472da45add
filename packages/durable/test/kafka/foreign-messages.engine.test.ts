import { createPartitionsV3 } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { deadLetters } from '../../src/events/dead-letters.js'
import type { ReceivedEvent } from '../../src/events/received-event.js'
import { drain, type Numbered } from '../scene.js'
import { ForeignTransaction } from './foreign-transaction.js'
import { KafkaStage, toBroker } from './kafka-stage.js'

const stage = new KafkaStage()
const event = (id: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'content-type': 'application/json',
  ce_specversion: '1.0',
  ce_id: id,
  ce_source: '/others',
  ce_type: 'numbered',
  ...more,
})

test('a message that is no event, one that is no JSON, and a tombstone are dead letters, and stop nobody', async () => {
  const it = stage.scene('poison')
  await stage.kafka.prepare('poison')
  await stage.send('poison', [
    { key: 'a', value: 'hello' },
    { key: 'b', value: '{"n":', headers: event('broken') },
    { key: 'c', headers: event('tombstone') },
    { key: 'd', value: '{"n":4}', headers: event('whole') },
  ])
  const member = await it.member({
    attemptsMax: 1,
    handle: async ({ key, data }, transaction) => await it.effect(transaction, `${key}:${data.n}`),
  })
  await drain(member)
  expect(await it.effects()).toEqual(['d:4'])
  const letters = await deadLetters(it.store, { topic: 'poison' })
  expect(letters.find(({ key }) => key === 'a')?.data).toBe('hello')
  expect(letters.map(({ eventId }) => eventId).toSorted()).toEqual(['broken', 'poison/0/0', 'tombstone'])
})

test('events of two sources that count from 1 do not hide one another', async () => {
  const it = stage.scene('two-sources')
  await stage.kafka.prepare('two-sources')
  await stage.send('two-sources', [
    { key: 'a', value: '{"n":1}', headers: event('1') },
    { key: 'a', value: '{"n":2}', headers: event('1', { ce_source: '/yet-others' }) },
    { key: 'a', value: '{"n":3}', headers: event('1') },
  ])
  await drain(await it.member())
  expect(await it.effects()).toEqual(['a:1', 'a:2'])
})

test('keys and ids that a text of Postgres cannot hold are taken by their hash, and keep their order', async () => {
  const it = stage.scene('odd-keys')
  await stage.kafka.prepare('odd-keys')
  const long = 'x'.repeat(3_000)
  await stage.send('odd-keys', [
    { key: 'a\0b', value: '{"n":1}', headers: event('1\0') },
    { key: 'a\0b', value: '{"n":2}', headers: event(long) },
    { key: long, value: '{"n":3}', headers: event('3') },
  ])
  await drain(await it.member({ failures: { 1: 1 } }))
  const numbers = (await it.effects()).map((name) => name.slice(-1))
  expect(numbers.filter((n) => n !== '3')).toEqual(['1', '2'])
  expect(numbers).toHaveLength(3)
})

test('an event in structured mode is read, with data in base64, a time zone and an extension too', async () => {
  const it = stage.scene('structured')
  await stage.kafka.prepare('structured')
  const structured = {
    specversion: '1.0',
    id: 's-1',
    source: '/others',
    type: 'numbered',
    time: '2026-03-29T03:30:00+02:00',
    partitionkey: 'p',
    data_base64: Buffer.from('{"n":7}').toString('base64'),
  }
  const headers = { 'Content-Type': 'application/cloudevents+json; charset=utf-8' }
  await stage.send('structured', [{ value: JSON.stringify(structured), headers }])
  const seen: ReceivedEvent<Numbered>[] = []
  await drain(await it.member({ handle: async (received) => void seen.push(received) }))
  expect(seen).toMatchObject([{ id: 's-1', key: 'p', time: '2026-03-29T01:30:00.000Z', data: { n: 7 } }])
})

test('what another program sends in a transaction is read when it has committed, and never when it has aborted', async () => {
  const it = stage.scene('transactions')
  await stage.kafka.prepare('transactions')
  const member = await it.ownMember({ broker: stage.kafka })
  const message = (n: number) => ({ key: 'a', value: `{"n":${n}}`, headers: event(String(n)) })
  await stage.admin(async (admin) => {
    const aborted = await ForeignTransaction.begin(admin, 'aborted', 'transactions')
    const committed = await ForeignTransaction.begin(admin, 'committed', 'transactions')
    await aborted.send('transactions', message(1))
    await committed.send('transactions', message(2))
    await stage.send('transactions', [message(3)])
    // What is behind the first that is open waits as well: it is read in the order of the log.
    await drain(member)
    expect(await it.effects()).toEqual([])
    await aborted.end('abort')
    await committed.end('commit')
  })
  const seen = async (): Promise<string[]> => {
    await drain(member)
    return await it.effects()
  }
  await expect.poll(seen).toEqual(['a:2', 'a:3'])
})

test('partitions that are added while consumers are at work are read by them, from their first event', async () => {
  const it = stage.scene('grown')
  await stage.admin((admin) => admin.createTopics({ topics: ['grown'], partitions: 1, replicas: 1 }))
  const broker = stage.kafka
  await stage.send('grown', [{ key: 'a', value: '{"n":1}', headers: event('1') }])
  const member = await it.ownMember({ broker })
  await drain(member)
  expect(member.partitions).toEqual([0])
  await stage.admin(async (admin) => {
    const topics = [{ name: 'grown', count: 2, assignments: [{ brokerIds: [1] }] }]
    await createPartitionsV3.api.async(await toBroker(admin), topics, 5_000, false)
  })
  await expect.poll(async () => await broker.log('grown').partitionCount()).toBe(2)
  await drain(member)
  expect(member.partitions).toEqual([0, 1])
  expect(await it.effects()).toEqual(['a:1'])
})
