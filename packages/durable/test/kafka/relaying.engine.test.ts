import { expect, test } from 'vitest'
import { openKafka } from '../../src/brokers/kafka/kafka-broker.js'
import { relaySubscription } from '../../src/brokers/relay/relay-events.js'
import { RelayRounds } from '../../src/brokers/relay/relay-rounds.js'
import { deadLetters, discardDeadLetters } from '../../src/events/dead-letters.js'
import type { EventRecord } from '../../src/events/received-event.js'
import { skipLostEvents } from '../../src/events/skip-lost-events.js'
import { waitUntilHandled } from '../../src/events/wait-until-handled.js'
import { publish } from '../../src/outbox/publish.js'
import { drain, type Scene } from '../scene.js'
import { KafkaStage } from './kafka-stage.js'

const stage = new KafkaStage()
const padded = (n: number, bytes: number) => ({ n, padding: 'x'.repeat(bytes) })

/** An event as a relay sends it. */
const record = (n: number): EventRecord => ({
  partition: 0,
  transaction: 1,
  id: n,
  eventId: `record-${n}`,
  key: 'a',
  type: 'numbered',
  version: 1,
  source: '/test',
  subject: null,
  time: '2026-01-01T00:00:00.000Z',
  traceParent: null,
  traceState: null,
  data: JSON.stringify({ n }),
})

async function relayOf(it: Scene, now: () => number = () => performance.now()): Promise<RelayRounds> {
  const options = { topics: [it.topic], to: stage.kafka, leaseMs: 10_000 }
  const rounds = new RelayRounds({ ...relaySubscription(it.store, it.topic.name, options), now }, stage.kafka)
  await rounds.join('first')
  return rounds
}

test('an event that Kafka finds too large becomes a dead letter: its key waits, all others are relayed', async () => {
  const it = stage.scene('too-large')
  await it.store.transaction((transaction) =>
    publish(transaction, it.topic, [
      { type: 'numbered', key: 'a', data: { n: 1 } },
      { type: 'numbered', key: 'a', data: padded(2, 1_048_500) },
      { type: 'numbered', key: 'a', data: { n: 3 } },
      { type: 'numbered', key: 'b', data: padded(4, 700_000) },
      { type: 'numbered', key: 'b', data: padded(5, 700_000) },
    ]),
  )
  await it.relay()
  const member = await it.member()
  await drain(member)
  expect((await it.effects()).toSorted()).toEqual(['a:1', 'b:4', 'b:5'])
  const letters = await deadLetters(it.store, { topic: 'too-large' })
  expect(letters).toMatchObject([{ group: 'kafka-relay', key: 'a', waiting: 1 }])
  await discardDeadLetters(it.store, { group: 'kafka-relay', topic: 'too-large' })
  for (let round = 0; round < 3; round += 1) await it.relay()
  await drain(member)
  expect(await it.effects()).toContain('a:3')
})

test('a topic with another number of partitions than the outbox is refused, and not written to', async () => {
  const it = stage.scene('three-partitions')
  await stage.admin((admin) =>
    admin.createTopics({ topics: ['three-partitions'], partitions: 3, replicas: 1 }),
  )
  await it.store.transaction((transaction) =>
    publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n: 1 } }),
  )
  await expect(it.relay()).rejects.toMatchObject({
    code: 'WT_BROKER_TOPIC',
    message:
      'cannot relay three-partitions: its topic in Kafka must have 16 partitions, as the outbox has, got 3',
  })
})

test('a consumer that is there before its topic waits for it, and skips nothing', async () => {
  const it = stage.scene('not-yet')
  const member = await it.ownMember({ broker: stage.kafka, startAt: 'next' })
  await drain(member)
  expect(member.partitions).toEqual([])
  await it.publish(['a', 1], ['b', 2])
  await drain(member)
  expect((await it.effects()).toSorted()).toEqual(['a:1', 'b:2'])
})

test('a relay that is added later begins with the first event that is kept, and two share the work', async () => {
  const it = stage.scene('added-later')
  const events = Array.from({ length: 40 }, (_, n) => ({
    type: 'numbered' as const,
    key: `k${n % 8}`,
    data: { n },
  }))
  await it.store.transaction((transaction) => publish(transaction, it.topic, events))
  let now = 0
  const relays = [await relayOf(it, () => (now += 5_000)), await relayOf(it, () => (now += 5_000))]
  for (let round = 0; round < 8; round += 1) for (const relay of relays) await relay.round()
  await drain(await it.member())
  expect(await it.effects()).toHaveLength(40)
  const log = stage.kafka.log('added-later')
  expect(await log.countAfter(await log.start('first'))).toBe(40)
})

test('a relay whose partitions have passed to another moves no position: what it sent twice has its effect once', async () => {
  const it = stage.scene('late-relay')
  // By its own clock no time passes, so that it never asks whether the partitions are still its own.
  const late = await relayOf(it, () => 0)
  await late.round()
  await it.store.transaction((transaction) =>
    publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n: 1 } }),
  )
  await it.store.query(
    `update watertight.consumer_lease set expires_at = '-infinity' where topic = 'late-relay'`,
  )
  await it.store.query(`delete from watertight.consumer_member where topic = 'late-relay'`)
  await it.relay()
  await expect(late.round()).rejects.toMatchObject({ code: 'WT_EVENTS_FENCED' })
  await drain(await it.member())
  expect(await it.effects()).toEqual(['a:1'])
})

test('what an event says of its time does not decide when Kafka deletes it', async () => {
  const it = stage.scene('old-times')
  const time = new Date('2001-01-01T00:00:00Z')
  await it.store.transaction((transaction) =>
    publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n: 1 }, time }),
  )
  await it.relay()
  const times: string[] = []
  await drain(await it.member({ handle: async (received) => void times.push(received.time) }))
  expect(times).toEqual(['2001-01-01T00:00:00.000Z'])
  const offsets = await stage.admin(async () => {
    const log = stage.kafka.log('old-times')
    return await log.countAfter(await log.start('first'))
  })
  expect(offsets).toBe(1)
})

test('a group moves from the outbox to Kafka and goes on where it was; it does not move back', async () => {
  const it = stage.scene('moved-over')
  await it.publish(['a', 1], ['a', 2], ['b', 3])
  // Event 1 fails while the outbox is read, and waits with what follows on its key.
  const before = await it.ownMember({ failures: { 1: 1 }, attemptsMax: 2 })
  await before.round()
  await before.leave()
  await it.publish(['a', 4], ['b', 5])
  const after = await it.member()
  await drain(after)
  const effects = await it.effects()
  expect(effects.filter((name) => name.startsWith('a'))).toEqual(['a:1', 'a:2', 'a:4'])
  expect(effects.filter((name) => name.startsWith('b'))).toEqual(['b:3', 'b:5'])
  await expect(it.ownMember({})).rejects.toThrow(
    'cannot consume moved-over: broker must be Kafka, which group group has moved to',
  )
  const published = await it.store.transaction((transaction) =>
    publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n: 6 } }),
  )
  await expect(waitUntilHandled(it.store, published, { group: 'group' })).rejects.toThrow(
    'cannot wait for group: it must read moved-over from the outbox, got Kafka',
  )
})

test('a topic that was made anew, or has lost what was not read, is told; the other partitions go on', async () => {
  const it = stage.scene('made-anew')
  await it.publish(['a', 1], ['b', 2])
  const member = await it.member()
  await drain(member)
  await it.store.query(
    `update watertight.consumer_position set id = 1000 where topic = 'made-anew' and id >= 0 and group_name = 'group'
      and partition = (select min(partition) from watertight.consumer_position
        where topic = 'made-anew' and id >= 0 and group_name = 'group')`,
  )
  await member.leave()
  const again = await it.member()
  await expect(again.round()).rejects.toMatchObject({ code: 'WT_BROKER_EVENTS_LOST' })
  await it.publish(['a', 3], ['b', 4])
  await drain(again)
  expect(await it.effects()).toHaveLength(3)
  const of = { group: 'group', topic: 'made-anew' }
  expect(await skipLostEvents(it.store, stage.kafka, of)).toBe(1)
  await again.leave()
  await drain(await it.member())
  expect((await it.effects()).toSorted()).toEqual(['a:1', 'a:3', 'b:2', 'b:4'])
})

test('a broker that stands still is not waited for longer than the deadline; afterwards nothing is lost or done twice', async () => {
  const url = stage.server.url
  const hasty = await openKafka({ url, waitMs: 0, deadlineMs: 2_000 })
  const it = stage.scene('frozen', hasty)
  const place = async (n: number): Promise<void> => {
    await it.store.transaction((transaction) =>
      publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n } }),
    )
  }
  const member = await it.ownMember({ broker: hasty })
  const effects = async (): Promise<string[]> => {
    await it.relay().catch(() => {})
    await member.round().catch(() => 0)
    return await it.effects()
  }
  await place(1)
  await expect.poll(effects, { timeout: 40_000 }).toEqual(['a:1'])
  await stage.server.pause()
  await place(2)
  await expect(it.relay()).rejects.toThrow(/did not answer within 2000 ms/)
  await expect(member.round()).rejects.toThrow(/did not answer within/)
  stage.server.resume()
  await expect.poll(effects, { timeout: 40_000 }).toEqual(['a:1', 'a:2'])
  await hasty.close()
}, 120_000)

test('an answer that comes when its client has been given up and closed ends no process', async () => {
  for (const topic of ['known', 'asked-about']) await stage.kafka.prepare(topic)
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtExceptionMonitor', note)
  const hasty = await openKafka({ url: stage.server.url, deadlineMs: 2_000 })
  await hasty.send('known', [record(1)])
  await stage.server.pause()
  // What it waits for is where the topic is: once it knows it goes on to another connection.
  await expect(hasty.send('asked-about', [record(1)])).rejects.toMatchObject({ code: 'WT_BROKER_DEADLINE' })
  await hasty.close()
  stage.server.resume()
  await stage.kafka.send('known', [record(2)])
  process.off('uncaughtExceptionMonitor', note)
  expect(uncaught).toEqual([])
})

test('relays of several databases bring events of one topic to Kafka by one connection, at once: all of them are there', async () => {
  const it = stage.scene('of-several-databases')
  const member = await it.member()
  const all = Array.from({ length: 20 }, (_, n) => n)
  await Promise.all(all.map((n) => stage.kafka.send(it.topic.name, [record(n)])))
  const came = async (): Promise<string[]> => {
    await drain(member)
    return (await it.effects()).toSorted()
  }
  await expect.poll(came).toEqual(all.map((n) => `a:${n}`).toSorted())
})
