import { expect, test } from 'vitest'
import type { ReceivedEvent } from '../src/events/received-event.js'
import { publish } from '../src/outbox/publish.js'
import { defineReadModel, type ReadModel } from '../src/read-model/read-model.js'
import { serveReadModel, type ServedReadModel } from '../src/read-model/serve-read-model.js'
import type { Store, StoreTransaction } from '../src/store/store.js'
import type { Numbered, Scene } from './scene.js'

/** What read models promise: what is read, how soon, and while they are built anew. */
export function readModelsContract(scene: (topic: string) => Scene): void {
  readModels(scene)
  readsByKey(scene)
  keysForgotten(scene)
  contendedReadModels(scene)
  rebuildsAtWork(scene)
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

function keysForgotten(scene: (topic: string) => Scene): void {
  test('what is known of a key was forgotten before its event was read: whoever waits for it waits all the same', async () => {
    const it = scene('key-forgotten')
    const model = keyed('forgotten', it)
    let isHeld = false
    const store = holdingBack(it.store, () => isHeld)
    const served = await serveReadModel(store, model, { pollMs: 5 })
    isHeld = true
    await it.publish(['a', 1])
    await it.store.query('delete from watertight.outbox_key where topic = $1', [it.topic.name])
    await expect(served.waitForKey('a', { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'WT_STORE_DEADLINE',
    })
    await served.waitForKey('nothing was published under it')
    isHeld = false
    await served.waitForKey('a', { deadlineMs: 20_000 })
    expect((await it.store.query('select n from watertight.forgotten')).rows).toEqual([{ n: 1 }])
    await served.close()
  })
}

/** A store on which nothing is handled for as long as it is held. */
const holdingBack = (store: Store, isHeld: () => boolean): Store => ({
  kind: store.kind,
  query: (...of) => store.query(...of),
  transaction: async (...of) => {
    if (isHeld()) throw Object.assign(new Error('not yet'), { code: '57P03' })
    return await store.transaction(...of)
  },
  atOnce: (...of) => store.atOnce(...of),
  listen: (...to) => store.listen(...to),
  close: () => Promise.resolve(),
})

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

function rebuildsAtWork(scene: (topic: string) => Scene): void {
  test('a model is built anew while others read and write: no read finds less', async () => {
    const it = scene('rebuilt-at-work')
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`)
    await it.publish(...keys.map((key, n) => [key, n] as const))
    const serve = (version: number) => serveReadModel(it.store, keyed('busy', it, { version }), { pollMs: 5 })
    const text = 'select count(*)::integer as count from watertight.busy'
    const count = async () => (await it.store.query<{ count: number }>(text)).rows[0]?.count
    const all = [await serve(1)]
    await expect.poll(count, { timeout: 20_000 }).toBe(keys.length)
    const found = new Set<number | undefined>()
    const over = new AbortController()
    const writeAndRead = async (): Promise<void> => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        await it.publish([`k${n % keys.length}`, n])
        found.add(await count())
      }
    }
    const atWork = Promise.all([writeAndRead(), writeAndRead()])
    try {
      for (const version of [2, 3]) all.push(await serve(version))
    } finally {
      over.abort()
      await atWork
    }
    expect([...found]).toEqual([keys.length])
    for (const one of all) await one.close()
  })

  test('a model is built anew while there is always something new: it takes its place all the same', async () => {
    const it = scene('never-done')
    const before = await serveReadModel(it.store, keyed('pressed', it))
    let published = 0
    const pressed: Store = {
      kind: it.store.kind,
      query: async (text, ...rest) => {
        if (text.includes('is_done') && published < 100) await it.publish(['a', (published += 1)])
        return await it.store.query(text, ...rest)
      },
      transaction: (...work) => it.store.transaction(...work),
      atOnce: (...work) => it.store.atOnce(...work),
      listen: (...to) => it.store.listen(...to),
      close: () => Promise.resolve(),
    }
    const after = await serveReadModel(pressed, keyed('pressed', it, { version: 2 }), { pollMs: 5 })
    expect(published).toBeLessThan(100)
    await after.waitForKey('a', { deadlineMs: 20_000 })
    expect((await it.store.query('select n from watertight.pressed')).rows).toEqual([{ n: published }])
    await Promise.all([before.close(), after.close()])
  })
}

/** Where a transaction can run beside others: who is at work for the generation that goes, and who reads for long. */
export function swapsContract(scene: (topic: string) => Scene): void {
  test('a model takes its place while a batch of the earlier one is under way: neither waits for the other for good', async () => {
    const it = scene('under-way')
    const heard: unknown[] = []
    const before = await serveReadModel(it.store, keyed('handed_on', it))
    let after: Promise<ServedReadModel> | undefined
    await it.store.transaction(async (transaction) => {
      await transaction.query(
        `select from watertight.consumer_position where group_name = 'read-model.handed_on.1' for no key update`,
      )
      after = serveReadModel(it.store, keyed('handed_on', it, { version: 2 }), {
        onError: (error) => heard.push(error),
      })
      await isWaitedFor(it.store, transaction)
      await transaction.query(`insert into watertight.read_handed_on_1 values ('a', 1, 1)`)
    })
    await Promise.all([before.close(), (await after)?.close()])
    expect(heard).toEqual([])
  })

  test('somebody has read a model and goes on with his transaction: others read it meanwhile, and it takes its place later', async () => {
    const it = scene('read-for-long')
    const before = await serveReadModel(it.store, keyed('lingering', it))
    const read = 'select from watertight.lingering'
    const heard: unknown[] = []
    let after: Promise<ServedReadModel> | undefined
    await it.store.transaction(async (transaction) => {
      await transaction.query(read)
      after = serveReadModel(it.store, keyed('lingering', it, { version: 2 }), {
        onError: (error) => heard.push((error as { code?: unknown }).code),
      })
      await isWaitedFor(it.store, transaction)
      expect((await it.store.query(read)).rows).toEqual([])
    })
    await Promise.all([before.close(), (await after)?.close()])
    expect(heard).toContain('55P03')
  })
}

/** Resolves once somebody waits for what a transaction holds. */
async function isWaitedFor(store: Store, transaction: StoreTransaction): Promise<void> {
  const own = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid')
  const text = 'select from pg_stat_activity where $1::integer = any(pg_blocking_pids(pid))'
  await expect
    .poll(async () => (await store.query(text, [own.rows[0]?.pid])).rows, { timeout: 20_000 })
    .not.toEqual([])
}

interface Keyed {
  readonly version?: number
  readonly onProject?: (event: ReceivedEvent<Numbered>) => void
}

/** A row for each key. */
export const keyed = (
  name: string,
  { topic }: Scene,
  { version = 1, onProject = () => {} }: Keyed = {},
): ReadModel<Numbered> =>
  defineReadModel(name, {
    topic,
    columns,
    key: 'name',
    version,
    project: (event) => {
      onProject(event)
      return { name: event.key, n: event.data.n }
    },
  })
