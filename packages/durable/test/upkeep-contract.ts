import { expect, test } from 'vitest'
import { MetricRegistry } from '@watertight/telemetry'
import { backlog } from '../src/backlog/backlog.js'
import { cleanUpEvents } from '../src/events/clean-up.js'
import { followEvents } from '../src/events/follow-events.js'
import { observeEvents } from '../src/events/observe-events.js'
import { consumerLag } from '../src/events/queries/consumer-lag.js'
import { publish } from '../src/outbox/publish.js'
import { defineReadModel } from '../src/read-model/read-model.js'
import { serveReadModel } from '../src/read-model/serve-read-model.js'
import { drain, type Scene } from './scene.js'

/** What keeps outbox and groups small and seen, and read models. */
export function upkeepContract(scene: (topic: string) => Scene): void {
  upkeep(scene)
  following(scene)
  readModels(scene)
  readsByKey(scene)
  contendedReadModels(scene)
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

  test('lag, parked events and dead letters of each group can be seen, as values and as metrics', async () => {
    const it = scene('lag')
    await it.publish(['a', 1], ['a', 2], ['b', 3], ['c', 4])
    const member = await it.member({ group: 'lagging', failures: { 1: 9 }, attemptsMax: 1 })
    const lag = async () => (await consumerLag(it.store)).find(({ group }) => group === 'lagging')
    expect(await lag()).toMatchObject({ topic: 'lag', events: 4, parked: 0, deadLetters: 0 })
    expect((await lag())?.ageMs).toBeGreaterThanOrEqual(0)
    const waiting = await backlog(it.store)
    expect(waiting.events).toBeGreaterThanOrEqual(4)
    await drain(member)
    const after = await backlog(it.store, { withinMs: 60_000 })
    expect(after).toMatchObject({ events: waiting.events - 4, parked: waiting.parked + 1 })
    expect(after.givenUp).toBe(waiting.givenUp + 1)
    expect(await lag()).toMatchObject({ events: 0, ageMs: 0, parked: 1, deadLetters: 1 })
    const registry = new MetricRegistry()
    const stop = await observeEvents(it.store, registry)
    stop()
    expect(registry.total('watertight_consumer_dead_letters', { group: 'lagging', topic: 'lag' })).toBe(1)
    expect(registry.expose().body).toContain('watertight_outbox_held_back_seconds')
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

const columns = { name: 'text', n: 'integer' }

function readsByKey(scene: (topic: string) => Scene): void {
  test('whoever was told of a key elsewhere waits for all that was published under it, and no longer than needed', async () => {
    const it = scene('read-by-key')
    const model = defineReadModel('newest', {
      topic: it.topic,
      columns,
      key: 'name',
      project: ({ key, data }) => ({ name: key, n: data.n }),
    })
    const served = await serveReadModel(it.store, model, { pollMs: 5, lingerMs: 60_000 })
    const newest = async () => (await it.store.query('select name, n from watertight.newest')).rows
    for (const n of [1, 2, 3]) {
      await it.publish(['a', n])
      await served.waitForKey('a', { deadlineMs: 20_000 })
      expect(await newest()).toEqual([{ name: 'a', n }])
    }
    await served.waitForKey('nothing was published under it')
    await served.close()
  })
}

function readModels(scene: (topic: string) => Scene): void {
  test('what was published can be read as soon as it is waited for', async () => {
    const it = scene('read-model')
    const model = defineReadModel('latest', {
      topic: it.topic,
      columns,
      key: 'name',
      project: ({ key, data }) => ({ name: key, n: data.n }),
    })
    const served = await serveReadModel(it.store, model, { pollMs: 5 })
    for (const n of [1, 2, 3]) {
      const published = await it.store.transaction((transaction) =>
        publish(transaction, it.topic, { type: 'numbered', key: 'a', data: { n } }),
      )
      await served.waitFor(published, { deadlineMs: 20_000 })
      expect((await it.store.query('select name, n from watertight.latest')).rows).toEqual([{ name: 'a', n }])
    }
    await served.close()
  })

  test('a read model whose meaning has changed is built anew beside the one that is served, and takes its place', async () => {
    const it = scene('rebuilt')
    await it.publish(['a', 1], ['b', 2], ['a', 3])
    const of = (factor: number, version: number) =>
      defineReadModel('scaled', {
        topic: it.topic,
        columns,
        key: 'name',
        version,
        project: ({ key, data }) => ({ name: key, n: data.n * factor }),
      })
    const rows = async () =>
      (await it.store.query('select name, n from watertight.scaled order by name')).rows
    const before = await serveReadModel(it.store, of(1, 1), { pollMs: 5 })
    await expect.poll(rows, { timeout: 20_000 }).toEqual([
      { name: 'a', n: 3 },
      { name: 'b', n: 2 },
    ])
    const after = await serveReadModel(it.store, of(10, 2), { pollMs: 5 })
    expect(await rows()).toEqual([
      { name: 'a', n: 30 },
      { name: 'b', n: 20 },
    ])
    // The one before is still at work somewhere, and writes nothing any more.
    await it.publish(['b', 4])
    await expect.poll(rows, { timeout: 20_000 }).toEqual([
      { name: 'a', n: 30 },
      { name: 'b', n: 40 },
    ])
    await before.close()
    await after.close()
    const { rows: tables } = await it.store.query(
      `select relname from pg_class where relname like 'read_scaled%' and relkind = 'r'`,
    )
    expect(tables).toEqual([{ relname: 'read_scaled_2' }])
  })
}

function contendedReadModels(scene: (topic: string) => Scene): void {
  test('two processes that bring a new meaning at once build it together, and a third that brings another one builds beside them', async () => {
    const it = scene('rebuilt-at-once')
    await it.publish(['a', 1], ['b', 2])
    const of = (factor: number, version: number) =>
      defineReadModel('contended', {
        topic: it.topic,
        columns: { ...columns, ...(version === 3 && { more: 'integer' }) },
        key: 'name',
        version,
        project: ({ key, data }) => ({
          name: key,
          n: data.n * factor,
          ...(version === 3 && { more: 0 }),
        }),
      })
    const serve = (factor: number, version: number) =>
      serveReadModel(it.store, of(factor, version), { pollMs: 5 })
    const tables = async () =>
      (
        await it.store.query(
          `select relname from pg_class where relkind = 'r' and relname like 'read_contended_%' order by relname`,
        )
      ).rows
    const all = [await serve(1, 1)]
    const second = [serve(10, 2), serve(10, 2)]
    await expect.poll(tables, { timeout: 20_000 }).toContainEqual({ relname: 'read_contended_2' })
    all.push(await serve(100, 3), ...(await Promise.all(second)))
    const rows = async () =>
      (await it.store.query('select name, n from watertight.contended order by name')).rows
    expect(await rows()).toEqual([
      { name: 'a', n: 100 },
      { name: 'b', n: 200 },
    ])
    expect(await tables()).toEqual([{ relname: 'read_contended_3' }])
    for (const one of all) await one.close()
  })
}
