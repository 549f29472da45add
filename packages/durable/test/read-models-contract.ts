import { expect, test } from 'vitest'
import { publish } from '../src/outbox/publish.js'
import { defineReadModel } from '../src/read-model/read-model.js'
import { serveReadModel } from '../src/read-model/serve-read-model.js'
import type { Scene } from './scene.js'

/** What read models promise: what is read, how soon, and while they are built anew. */
export function readModelsContract(scene: (topic: string) => Scene): void {
  readModels(scene)
  readsByKey(scene)
  contendedReadModels(scene)
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
