import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../src/migrations/migrate.js'
import { publish } from '../src/outbox/publish.js'
import type { NewEvent } from '../src/outbox/topic.js'
import { drain, Scene, type Numbered, type Stage } from './scene.js'
import { failuresContract } from './failures-contract.js'
import { groupsContract } from './groups-contract.js'
import { membersContract } from './members-contract.js'
import { hotKeysContract } from './hot-keys-contract.js'

type Contract = (scene: (topic: string) => Scene) => void

/** What outbox and consumers promise, on every store and broker; and what else this one does. */
export function eventsContract(
  name: string,
  open: () => Promise<Stage>,
  more: readonly Contract[] = [],
): void {
  let stage: Stage
  const scene = (topic: string): Scene => new Scene(stage, topic)
  describe(`events: ${name}`, () => {
    beforeAll(async () => {
      stage = await open()
      const { store } = stage
      await migrate(store)
      await store.query('drop schema if exists effects cascade')
      await store.query('create schema effects')
      await store.query(
        'create table effects.entry (number integer generated always as identity, topic text, name text)',
      )
    })
    afterAll(async () => {
      await stage.kafka?.close()
      await stage.store.close()
    })

    publishing(scene)
    publishedValues(scene)
    delivery(scene)
    failuresContract(scene)
    groupsContract(scene)
    hotKeysContract(scene)
    membersContract(scene)
    for (const contract of more) contract(scene)
  })
}

function publishing(scene: (topic: string) => Scene): void {
  test('an event is there if its transaction commits, and only then', async () => {
    const it = scene('atomic')
    const failing = it.store.transaction(async (transaction) => {
      await publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n: 1 } })
      throw new Error('a change of mind')
    })
    await expect(failing).rejects.toThrow('a change of mind')
    await it.publish(['a', 2])
    await drain(await it.member())
    expect(await it.effects()).toEqual(['a:2'])
  })

  test('where an event stands is known with the commit; until then, asking for it is an error', async () => {
    const it = scene('positions')
    const published = await it.store.transaction(async (transaction) => {
      const [first] = await publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n: 1 } })
      expect(() => first?.id).toThrow('it is known when the transaction has committed')
      const several = [2, 3].map((n): NewEvent<Numbered> => ({ type: 'numbered', key: 'a', data: { n } }))
      return [first, ...(await publish(transaction, it.topic, several))]
    })
    const [partition] = published.map((position) => position?.partition)
    const known = { topic: it.topic.name, partition, transaction: expect.any(Number) as number }
    const ids = published.map((position) => position?.id ?? 0)
    expect(published.map((position) => ({ ...position }))).toEqual(ids.map((id) => ({ ...known, id })))
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
    expect(ids[0]).toBeGreaterThan(0)
  })

  test('an event that the database refuses takes the transaction with it, whatever its publisher catches', async () => {
    const it = scene('refused')
    await it.refuseKey('refused-key')
    const failing = it.store.transaction(async (transaction) => {
      await it.effect(transaction, 'written')
      const event = { type: 'numbered', key: 'refused-key', data: { n: 1 } } as const
      await publish(transaction, it.topic, event).catch(() => {})
      await it.effect(transaction, 'written too').catch(() => {})
    })
    await expect(failing).rejects.toThrow('no event of that key')
    expect(await it.effects()).toEqual([])
  })
}

function publishedValues(scene: (topic: string) => Scene): void {
  test('whatever a string can hold arrives as it was', async () => {
    const it = scene('strings')
    const key = `"quoted", 'single', {braces}, back\\slash, NULL, \n, ✓, 𝄞`
    const data = { n: 1, text: '\0 \u2028 \ud800 "\\', nothing: null, list: [1.5, 0.1, 1e300] }
    await it.store.transaction((transaction) =>
      publish(transaction, it.topic, [
        {
          type: 'numbered',
          key,
          data,
          id: key,
          subject: '',
          traceParent: '00-1-2-01',
          traceState: 'a=1,b="2"',
        },
        { type: 'numbered', key: 'null', data: { n: 2 }, time: new Date('2026-03-29T01:30:00.123Z') },
      ]),
    )
    await it.relay()
    const seen: unknown[] = []
    await drain(await it.member({ handle: async (event) => void seen.push(event) }))
    expect(seen).toHaveLength(2)
    expect(seen).toContainEqual(
      expect.objectContaining({
        key,
        id: key,
        data,
        // An attribute of CloudEvents is never empty: on the wire it is left out.
        subject: it.kafka === undefined ? '' : null,
        traceParent: '00-1-2-01',
        traceState: 'a=1,b="2"',
      }),
    )
    expect(seen).toContainEqual(expect.objectContaining({ key: 'null', time: '2026-03-29T01:30:00.123Z' }))
  })

  test('a pool, and a store, are no place to publish to: each of their statements is a transaction', async () => {
    const it = scene('pools')
    const event = { type: 'numbered', key: 'a', data: { n: 1 } } as const
    const pool = new pg.Pool()
    for (const database of [pool, it.store])
      await expect(publish(database, it.topic, event)).rejects.toThrow(/got a pool or a store/)
    await pool.end()
  })
}

function delivery(scene: (topic: string) => Scene): void {
  test('events that are published together share a statement, and their handlers a transaction', async () => {
    const it = scene('batched')
    await it.publish(...Array.from({ length: 200 }, (_, n) => [`k${n % 50}`, n] as const))
    await drain(await it.member())
    const count = async (distinct: string, from: string): Promise<number | undefined> => {
      const text = `select count(distinct ${distinct}::text)::integer as count from ${from} where topic = 'batched'`
      return (await it.store.query<{ count: number }>(text)).rows[0]?.count
    }
    // Statements of a transaction are numbered in what they write; a broker may hand events out in several batches.
    expect(await count('cmin', 'watertight.outbox')).toBe(1)
    expect(await it.effects()).toHaveLength(200)
    expect(await count('xmin', 'effects.entry')).toBeLessThanOrEqual(it.kafka === undefined ? 1 : 40)
  })

  test('those of a key arrive in the order of their commits, however many keys there are', async () => {
    const it = scene('order')
    for (let n = 0; n < 40; n += 4) await it.publish(['a', n], ['b', n + 1], [null, n + 2], ['c', n + 3])
    await drain(await it.member({ batchMax: 7 }))
    expect(await it.effects()).toHaveLength(40)
    for (const key of ['a', 'b', 'c']) {
      const numbers = (await it.effects())
        .filter((entry) => entry.startsWith(`${key}:`))
        .map((entry) => Number(entry.slice(2)))
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
      expect(numbers).toHaveLength(10)
    }
  })

  test('each group gets every event, and a new one may begin with the next', async () => {
    const it = scene('groups')
    await it.publish(['a', 1])
    const first = await it.member({ group: 'first' })
    const late = await it.member({ group: 'late', startAt: 'next' })
    await it.publish(['a', 2])
    await drain(first)
    expect(await it.effects()).toEqual(['a:1', 'a:2'])
    await drain(late)
    expect(await it.effects()).toEqual(['a:1', 'a:2', 'a:2'])
  })

  test('a consumer that is started again goes on where it was', async () => {
    const it = scene('again')
    await it.publish(['a', 1], ['b', 2])
    const before = await it.member()
    await drain(before)
    await before.leave()
    await it.publish(['a', 3])
    await drain(await it.member())
    expect((await it.effects()).filter((entry) => entry.startsWith('a'))).toEqual(['a:1', 'a:3'])
    expect(await it.effects()).toHaveLength(3)
  })

  test('an event that was published twice has its effect once', async () => {
    const it = scene('twice')
    const event = { type: 'numbered', key: 'a', data: { n: 1 }, id: 'the-same' } as const
    await it.store.transaction((transaction) => publish(transaction, it.topic, [event, event]))
    await it.relay()
    const member = await it.member()
    await drain(member)
    await it.store.transaction((transaction) => publish(transaction, it.topic, event))
    await it.relay()
    await drain(member)
    expect(await it.effects()).toEqual(['a:1'])
  })
}
