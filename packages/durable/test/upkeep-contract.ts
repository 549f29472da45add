import { expect, test } from 'vitest'
import { MetricRegistry } from '@watertight/telemetry'
import { backlog } from '../src/backlog/backlog.js'
import { cleanUpEvents } from '../src/events/clean-up.js'
import { forgetGroup } from '../src/events/forget-group.js'
import { waitUntilHandled } from '../src/events/wait-until-handled.js'
import { followEvents } from '../src/events/follow-events.js'
import { recentEvents } from '../src/events/recent-events.js'
import { observeEvents } from '../src/events/observe-events.js'
import { consumerLag } from '../src/events/queries/consumer-lag.js'
import { outboxStatus } from '../src/outbox/queries/outbox-status.js'
import { partitionOf } from '../src/outbox/partition-of.js'
import { publish } from '../src/outbox/publish.js'
import { drain, type Scene } from './scene.js'

/** What keeps outbox and groups small and seen. */
export function upkeepContract(scene: (topic: string) => Scene): void {
  upkeep(scene)
  lagging(scene)
  times(scene)
  keepingTimes(scene)
  forgetting(scene)
  waitingForGroups(scene)
  weights(scene)
  following(scene)
}

function upkeep(scene: (topic: string) => Scene): void {
  test('what is handled and old is deleted, a bounded number at a time; what a group has not handled is kept', async () => {
    const it = scene('clean-up')
    const numbers = Array.from({ length: 30 }, (_, n) => [`k${n}`, n] as const)
    await it.publish(...numbers)
    const quick = await it.member({ group: 'quick' })
    const slow = await it.member({ group: 'slow' })
    await drain(quick)
    const kept = async (): Promise<number> => {
      const { rows } = await it.store.query<{ count: number }>(
        `select count(*)::integer as count from watertight.outbox where topic = 'clean-up'`,
      )
      return rows[0]?.count ?? 0
    }
    await cleanUpEvents(it.store, { eventsMs: 0, inboxMs: 0 })
    expect(await kept()).toBe(30)
    await drain(slow)
    await cleanUpEvents(it.store, { eventsMs: 60_000 })
    expect(await kept()).toBe(30)
    expect((await cleanUpEvents(it.store, { eventsMs: 0, rowsMax: 7 })).events).toBe(7)
    for (let left = 1; left > 0;) left = (await cleanUpEvents(it.store, { eventsMs: 0, inboxMs: 0 })).events
    expect(await kept()).toBe(0)
    await it.publish(['k1', 31])
    await drain(quick, slow)
    expect((await it.effects()).filter((name) => name === 'k1:31')).toHaveLength(2)
  })

  test('keys that nobody has published for 100,000 transactions are forgotten, and those of the last ones stay', async () => {
    const it = scene('clean-up-keys')
    await it.publish(['new', 1], ['young', 2], ['old', 3])
    const age = async (key: string, transactions: number): Promise<void> => {
      await it.store.query(
        `update watertight.outbox_key set transaction = transaction - $2 where topic = 'clean-up-keys' and key = $1`,
        [key, transactions],
      )
    }
    await age('young', 50_000)
    await age('old', 150_000)
    await cleanUpEvents(it.store)
    const { rows } = await it.store.query<{ key: string }>(
      `select key from watertight.outbox_key where topic = 'clean-up-keys' order by key`,
    )
    expect(rows.map(({ key }) => key)).toEqual(['new', 'young'])
  })
}

function lagging(scene: (topic: string) => Scene): void {
  test('lag, parked events and dead letters of each group can be seen, as values and as metrics', async () => {
    const it = scene('lag')
    await it.publish(['a', 1], ['a', 2], ['b', 3], ['c', 4])
    const member = await it.member({ group: 'lagging', failures: { 1: 9 }, attemptsMax: 1 })
    const lag = async () => (await consumerLag(it.store)).find(({ group }) => group === 'lagging')
    expect(await lag()).toMatchObject({ topic: 'lag', events: 4, parked: 0, deadLetters: 0 })
    expect((await lag())?.ageMs).toBeGreaterThanOrEqual(0)
    await it.store.query(
      `update watertight.outbox set published_at = now() - interval '1 hour' where topic = 'lag' and key = 'b'`,
    )
    const registry = new MetricRegistry()
    const shown = async (): Promise<number[]> => {
      const stop = await observeEvents(it.store, registry)
      stop()
      const labels = { group: 'lagging', topic: 'lag' }
      return ['lag_events', 'lag_seconds', 'parked_events', 'dead_letters'].map((name) =>
        Math.floor(
          registry.total(`watertight_consumer_${name}`, labels) / (name === 'lag_seconds' ? 3_600 : 1),
        ),
      )
    }
    expect(await shown()).toEqual([4, 1, 0, 0])
    const waiting = await backlog(it.store)
    expect(waiting.events).toBeGreaterThanOrEqual(4)
    await drain(member)
    const after = await backlog(it.store, { withinMs: 60_000 })
    expect(after).toMatchObject({ events: waiting.events - 4, parked: waiting.parked + 1 })
    expect(after.givenUp).toBe(waiting.givenUp + 1)
    expect(await lag()).toMatchObject({ events: 0, ageMs: 0, parked: 1, deadLetters: 1 })
    expect(await shown()).toEqual([0, 0, 1, 1])
  })
}

function times(scene: (topic: string) => Scene): void {
  test('an event may say that it is of any time: it is kept, counted and shown by when it was published', async () => {
    const it = scene('of-any-time')
    const hourMs = 3_600_000
    const dated = async (n: number, ms: number): Promise<void> => {
      const event = { type: 'numbered', key: 'a', data: { n }, time: new Date(Date.now() + ms) } as const
      await it.store.transaction((transaction) => publish(transaction, it.topic, event))
    }
    const member = await it.member()
    await dated(1, -30 * 24 * hourMs)
    await dated(2, 30 * 24 * hourMs)
    const [lag] = (await consumerLag(it.store)).filter(({ topic }) => topic === it.topic.name)
    expect(lag).toMatchObject({ events: 2 })
    expect(lag!.ageMs).toBeLessThan(hourMs)
    expect((await outboxStatus(it.store)).ageMs).toBeLessThan(24 * hourMs)
    await dated(3, -60 * 24 * hourMs)
    expect(await recentEvents(it.store, { topic: it.topic.name, limit: 1 })).toMatchObject([
      { data: { n: 3 } },
    ])
    await drain(member)
    await cleanUpEvents(it.store, { eventsMs: hourMs })
    const kept = async (): Promise<number> => (await recentEvents(it.store, { topic: it.topic.name })).length
    expect(await kept()).toBe(3)
    await cleanUpEvents(it.store, { eventsMs: 0 })
    expect(await kept()).toBe(0)
  })
}

function keepingTimes(scene: (topic: string) => Scene): void {
  test('unless it is told otherwise, what was published and handled is kept for a week', async () => {
    const it = scene('for-a-week')
    await it.publish(['a', 1])
    await drain(await it.member())
    const age = async (days: number): Promise<void> => {
      const of = [it.topic.name, days]
      const ago = `now() - $2::integer * interval '1 day'`
      await it.store.query(`update watertight.outbox set published_at = ${ago} where topic = $1`, of)
      await it.store.query(`update watertight.inbox set received_at = ${ago} where topic = $1`, of)
    }
    const kept = async (): Promise<number[]> =>
      await Promise.all(
        ['outbox', 'inbox'].map(
          async (table) =>
            (await it.store.query(`select from watertight.${table} where topic = $1`, [it.topic.name])).rows
              .length,
        ),
      )
    await age(6)
    await cleanUpEvents(it.store)
    expect(await kept()).toEqual([1, 1])
    await age(8)
    await cleanUpEvents(it.store)
    expect(await kept()).toEqual([0, 0])
  })
}

function forgetting(scene: (topic: string) => Scene): void {
  test('a group that is gone for good is forgotten: what only it had not handled can be cleaned up', async () => {
    const it = scene('forgotten')
    const gone = await it.member({ group: 'former-name', failures: { 1: 9 }, attemptsMax: 1 })
    await it.publish(['a', 1], ['b', 2])
    await drain(gone)
    await expect(forgetGroup(it.store, { group: 'former-name' })).rejects.toThrow(
      /cannot forget former-name: none of its members may be at work, got 1; close them first, or wait until \d\d:/,
    )
    await gone.leave()
    await it.publish(['a', 3])
    const kept = async (): Promise<number> => (await recentEvents(it.store, { topic: it.topic.name })).length
    await cleanUpEvents(it.store, { eventsMs: 0 })
    expect(await kept()).toBe(1)
    await expect(forgetGroup(it.store, { group: 'former-nam' })).rejects.toThrow('did you mean former-name?')
    await forgetGroup(it.store, { group: 'former-name' })
    await cleanUpEvents(it.store, { eventsMs: 0 })
    expect(await kept()).toBe(0)
    for (const table of ['consumer_position', 'consumer_lease', 'consumer_member', 'inbox', 'parked_event'])
      expect(
        (await it.store.query(`select from watertight.${table} where group_name = 'former-name'`)).rows,
      ).toEqual([])
  })
}

function waitingForGroups(scene: (topic: string) => Scene): void {
  test('who waits for a group that does not get there is told why: no such group, nobody at work, or how far behind', async () => {
    const it = scene('waited-for')
    const keys = new Map(Array.from({ length: 500 }, (_, n) => [partitionOf(`k${n}`), `k${n}`]))
    const events = [...keys.values()].map((key) => ({ type: 'numbered' as const, key, data: { n: 1 } }))
    expect(events).toHaveLength(16)
    const published = await it.store.transaction((transaction) => publish(transaction, it.topic, events))
    const failure = async (group: string): Promise<string> =>
      await waitUntilHandled(it.store, published, { group, deadlineMs: 0 }).then(
        () => 'none',
        (error: Error & { code?: unknown }) => `${String(error.code)} ${error.message}`,
      )
    const down = async (): Promise<never> =>
      await Promise.reject(Object.assign(new Error('the database goes down'), { code: '57P01' }))
    const [one, other] = [await it.member(), await it.member({ handle: down })]
    const behind =
      'WT_STORE_DEADLINE cannot wait for group longer than 0 ms: it is 1 event behind in partition'
    expect(await failure('group')).toMatch(
      new RegExp(`^${behind} \\d+ of waited-for; no member is at work on it$`),
    )
    expect(await failure('grup')).toBe(
      'WT_STORE_DEADLINE cannot wait for grup longer than 0 ms: no group of that name has read waited-for, which is read by group; did you mean group?',
    )
    await Promise.all([one.renew(), other.renew()])
    // Each has half of the partitions, and one has handled its own.
    await one.round()
    expect(await it.effects()).toHaveLength(8)
    expect(await failure('group')).toContain('no member is at work on it')
    await other.round().catch(() => {})
    expect(await failure('group')).toMatch(
      new RegExp(
        `^${behind} \\d+ of waited-for; a member has it until [\\d:]+Z, at work or gone without a word$`,
      ),
    )
    await drain(one)
    await it.loseMembers()
    await drain(one)
    expect(await failure('group')).toBe('none')
  })
}

function weights(scene: (topic: string) => Scene): void {
  test('what the outbox holds, and how old it is, can be seen as metrics', async () => {
    const it = scene('weighed')
    const daySeconds = 24 * 3_600
    await it.publish(['a', 1])
    await it.store.query(
      `update watertight.outbox set published_at = now() - interval '400 days' where topic = 'weighed'`,
    )
    await it.store.query('analyze watertight.outbox')
    const registry = new MetricRegistry()
    const differences = async (): Promise<number[]> => {
      const stop = await observeEvents(it.store, registry)
      stop()
      const { rows } = await it.store.query<{ events: number; bytes: number }>(
        `select count(*)::integer as events, pg_total_relation_size('watertight.outbox')::integer as bytes
        from watertight.outbox`,
      )
      const [row] = rows
      return [
        registry.total('watertight_outbox_events') - row!.events,
        registry.total('watertight_outbox_bytes') - row!.bytes,
      ]
    }
    // A vacuum that comes in between changes the size.
    await expect.poll(differences, { timeout: 20_000 }).toEqual([0, 0])
    expect(registry.total('watertight_outbox_age_seconds') / daySeconds).toBeCloseTo(400, 1)
    await it.store.query(`delete from watertight.outbox where topic = 'weighed'`)
  })
}

function following(scene: (topic: string) => Scene): void {
  test('events are followed as they are published, those of a topic that comes to be meanwhile too', async () => {
    const it = scene('followed')
    await it.publish(['a', 1])
    const ending = new AbortController()
    const events = await followEvents(it.store, { signal: ending.signal, pollMs: 1 })
    const later = scene('followed-later')
    const seen: unknown[] = []
    await it.publish(['a', 2])
    seen.push((await events.next()).value)
    await later.publish(['b', 3])
    seen.push((await events.next()).value)
    ending.abort()
    expect(await events.next()).toMatchObject({ done: true })
    expect(seen).toMatchObject([
      { topic: 'followed', key: 'a', data: { n: 2 } },
      { topic: 'followed-later', key: 'b', data: { n: 3 } },
    ])
  })
}

/** Where a transaction can run beside others: how long one holds back what is published. */
export function heldBackContract(scene: (topic: string) => Scene): void {
  test('for how long the oldest transaction that writes holds back what was published can be seen as a metric', async () => {
    const it = scene('held-back')
    const registry = new MetricRegistry()
    const seconds = async (): Promise<number> => {
      const stop = await observeEvents(it.store, registry)
      stop()
      return registry.total('watertight_outbox_held_back_seconds')
    }
    const since = `extract(epoch from clock_timestamp() - now())::float8`
    const longest = await it.store.transaction(async (transaction) => {
      await transaction.query('select pg_current_xact_id()')
      const age = async (text: string): Promise<number> =>
        (await transaction.query<{ age: number }>(text)).rows[0]!.age
      const before = await age(`select ${since} as age from pg_sleep(0.2)`)
      const shown = await seconds()
      const after = await age(`select ${since} as age`)
      expect(shown).toBeGreaterThanOrEqual(before)
      return Math.max(shown, after)
    })
    await expect.poll(seconds, { timeout: 20_000 }).toBeLessThan(longest)
  })
}
