import { expect, test } from 'vitest'
import { deadLetters, discardDeadLetters, redriveDeadLetters } from '../src/events/dead-letters.js'
import { partitionOf } from '../src/outbox/partition-of.js'
import { publish } from '../src/outbox/publish.js'
import { drain, type Scene } from './scene.js'

/** Another key, whose events lie in the same partition. */
function besideKey(key: string): string {
  for (let n = 0; ; n += 1) if (partitionOf(`beside-${n}`) === partitionOf(key)) return `beside-${n}`
}

/** What becomes of events that cannot be handled. */
export function failuresContract(scene: (topic: string) => Scene): void {
  retries(scene)
  failedStatements(scene)
  deadLetterQueue(scene)
}

function retries(scene: (topic: string) => Scene): void {
  test('an event that failed is left alone until it is due, later after each failure, and is tried then', async () => {
    const it = scene('backed-off')
    const hourMs = 3_600_000
    await it.publish(['a', 1], ['b', 2])
    const member = await it.member({
      failures: { 1: 2 },
      backoff: { delayMs: (attempt) => attempt * hourMs },
    })
    for (const hours of [1, 2]) {
      await drain(member)
      expect(await it.effects()).toEqual(['b:2'])
      expect(await it.hoursUntilDue()).toEqual([hours])
      await it.passHours(hours)
    }
    await drain(member)
    expect(await it.effects()).toEqual(['b:2', 'a:1'])
  })

  test('an event that fails is tried again, the later ones of its key wait, the other keys do not', async () => {
    const it = scene('retried')
    await it.publish(['a', 1], ['b', 2], ['a', 3], ['b', 4])
    await drain(await it.member({ failures: { 1: 2 } }))
    const effects = await it.effects()
    const of = (key: string): string[] => effects.filter((entry) => entry.startsWith(key))
    expect([of('a'), of('b')]).toEqual([
      ['a:1', 'a:3'],
      ['b:2', 'b:4'],
    ])
  })

  test('what a handler wrote before it failed is not there, nor is it written twice for its neighbours', async () => {
    const it = scene('rolled-back')
    await it.publish(['a', 1], ['a', 2], ['a', 3])
    let left = 1
    const member = await it.member({
      handle: async ({ data }, transaction) => {
        await it.effect(transaction, String(data.n))
        if (data.n === 2 && left-- > 0) throw new Error('after its write')
      },
    })
    await drain(member)
    expect(await it.effects()).toEqual(['1', '2', '3'])
  })

  test('whatever a handler throws, its event is tried again, also what has no text', async () => {
    const it = scene('thrown')
    const thrown: unknown[] = [Object.create(null), null, new Error('a\0b')]
    await it.publish(['a', 1], ['a', 2])
    const member = await it.member({
      handle: async ({ data }, transaction) => {
        if (thrown.length > 0) throw thrown.pop()
        await it.effect(transaction, String(data.n))
      },
    })
    await drain(member)
    expect(await it.effects()).toEqual(['1', '2'])
  })
}

/** The database, not the handler, has refused. */
function failedStatements(scene: (topic: string) => Scene): void {
  test('a handler publishes what the database refuses: its own event is put aside, not that of the handler behind it', async () => {
    const it = scene('blamed')
    await it.refuseKey('blamed-key')
    await it.publish(['a', 1], ['a', 2], [besideKey('a'), 3])
    const member = await it.member({
      attemptsMax: 1,
      handle: async ({ data }, transaction) => {
        const under = data.n === 2 ? 'blamed-key' : 'another'
        const event = { type: 'numbered', key: under, data: { n: 10 + data.n } } as const
        await it.effect(transaction, String(data.n))
        if (data.n < 10) await publish(transaction, it.topic, event)
      },
    })
    await drain(member)
    await it.relay()
    await drain(member)
    const dead = await deadLetters(it.store, { group: 'group', topic: it.topic.name })
    expect(dead.map(({ key, error }) => [key, error])).toEqual([
      ['a', expect.stringContaining('no event of that key') as string],
    ])
    expect(await it.effects()).toEqual(['1', '3', '11', '13'])
  })

  test('a handler whose failed statement is swallowed has failed', async () => {
    const it = scene('swallowed')
    await it.publish(['a', 1], ['b', 2])
    let left = 2
    const member = await it.member({
      handle: async ({ data }, transaction) => {
        await it.effect(transaction, String(data.n))
        if (data.n === 1 && left-- > 0) await transaction.query('select 1 / 0').catch(() => {})
      },
    })
    await drain(member)
    expect((await it.effects()).toSorted()).toEqual(['1', '2'])
  })

  test('many failures among many events cost no order and no event', async () => {
    const it = scene('many-failures')
    const events = Array.from({ length: 60 }, (_, n) => [`k${n % 5}`, n] as const)
    await it.publish(...events)
    const failing = Object.fromEntries(events.filter(([, n]) => n % 7 === 0).map(([, n]) => [n, 1 + (n % 3)]))
    await drain(await it.member({ failures: failing, batchMax: 20 }))
    expect(await it.effects()).toHaveLength(60)
    for (let key = 0; key < 5; key += 1) {
      const numbers = (await it.effects())
        .filter((entry) => entry.startsWith(`k${key}:`))
        .map((entry) => Number(entry.slice(3)))
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
    }
  })
}

function deadLetterQueue(scene: (topic: string) => Scene): void {
  test('an event that fails as often as it may is dead, and its key waits with it', async () => {
    const it = scene('dead')
    await it.publish(['a', 1], ['a', 2], ['b', 3])
    const member = await it.member({ failures: { 1: 3 }, attemptsMax: 3 })
    await drain(member)
    await it.publish(['a', 4])
    await drain(member)
    expect(await it.effects()).toEqual(['b:3'])
    const letters = await deadLetters(it.store, { group: 'group', topic: 'dead' })
    expect(letters.map(({ key, attempts, error, waiting }) => ({ key, attempts, error, waiting }))).toEqual([
      { key: 'a', attempts: 3, error: 'Error: no 1', waiting: 2 },
    ])
    expect(await redriveDeadLetters(it.store, { group: 'group', topic: 'dead', key: 'a' })).toBe(1)
    await drain(member)
    expect(await it.effects()).toEqual(['b:3', 'a:1', 'a:2', 'a:4'])
    expect(await deadLetters(it.store, { group: 'group', topic: 'dead' })).toEqual([])
  })

  test('a dead letter that is discarded lets the later ones of its key go on', async () => {
    const it = scene('discarded')
    await it.publish(['a', 1], ['a', 2], [null, 3])
    const member = await it.member({ failures: { 1: 9, 3: 9 }, attemptsMax: 1 })
    await drain(member)
    expect(await deadLetters(it.store, { group: 'group', topic: 'discarded' })).toHaveLength(2)
    expect(await discardDeadLetters(it.store, { topic: 'another' })).toBe(0)
    expect(await discardDeadLetters(it.store, { group: 'group', topic: 'discarded' })).toBe(2)
    await drain(member)
    expect(await it.effects()).toEqual(['a:2'])
    expect(await deadLetters(it.store, { group: 'group', topic: 'discarded' })).toEqual([])
  })

  test('an event of a type or version that nobody knows here is dead, not lost', async () => {
    const it = scene('unknown')
    const newer = { ...it.topic, types: { ...it.topic.types, novel: { ...it.topic.types.numbered } } }
    const later = { ...it.topic, types: { numbered: { ...it.topic.types.numbered, version: 2 } } }
    await it.store.transaction(async (transaction) => {
      await publish(transaction, newer, { type: 'novel', key: 'a', data: { n: 1 } })
      await publish(transaction, later, { type: 'numbered', key: 'b', data: { n: 2 } })
    })
    await it.relay()
    await drain(await it.member({ attemptsMax: 1 }))
    const errors = (await deadLetters(it.store, { group: 'group', topic: 'unknown' })).map(
      ({ error }) => error,
    )
    expect(errors.join()).toMatch(/type must be one of numbered, got novel/)
    expect(errors.join()).toMatch(/its version must be <= 1 here, got 2/)
  })
}
