import { expect, test } from 'vitest'
import { cleanUpEvents } from '../src/events/clean-up.js'
import { isWanted, nextGeneration } from '../src/read-model/next-generation.js'
import { projection } from '../src/read-model/projection.js'
import { defineReadModel, type ReadModel } from '../src/read-model/read-model.js'
import { serveReadModel } from '../src/read-model/serve-read-model.js'
import type { Store } from '../src/store/store.js'
import { keyed } from './read-models-contract.js'
import type { Numbered, Scene } from './scene.js'

/** What becomes of a generation that another has taken the place of, or that never took its place; and of who reads meanwhile. */
export function supersededModelsContract(scene: (topic: string) => Scene): void {
  supersededGenerations(scene)
  abandonedGenerations(scene)
  failedProjections(scene)
  readersOfViews(scene)
  versionsAndNames(scene)
}

/** Of the groups of a model: who holds positions, waits with an event, or is a member. */
async function groupsOf({ store }: Scene, model: string): Promise<string[]> {
  const { rows } = await store.query<{ name: string }>(
    `select group_name as name from watertight.consumer_position where starts_with(group_name, $1)
     union select group_name from watertight.parked_event where starts_with(group_name, $1)
     union select group_name from watertight.consumer_member where starts_with(group_name, $1)
     union select 'table ' || relname from pg_class where relkind = 'r' and relname ~ $2 order by name`,
    [`read-model.${model}.`, `^read_${model}_[0-9]+$`],
  )
  return rows.map(({ name }) => name)
}

function supersededGenerations(scene: (topic: string) => Scene): void {
  test('a process of before lives on after the swap: it stops by itself, and neither parks an event nor holds one back', async () => {
    const it = scene('lives-on')
    await it.publish(['a', 1], ['b', 2])
    const watched = watchLeaving(it.store)
    const options = { pollMs: 5, leaseMs: 150 }
    const before = await serveReadModel(watched.store, keyed('lives_on', it), options)
    await before.waitForKey('b', { deadlineMs: 20_000 })
    const after = await serveReadModel(it.store, keyed('lives_on', it, { version: 2 }), { pollMs: 5 })
    await watched.hasLeft
    await it.publish(['a', 3], ['c', 4])
    // Whoever asks the process of before reads what the new one has come to.
    for (const key of ['a', 'b', 'c']) await before.waitForKey(key, { deadlineMs: 20_000 })
    expect(await groupsOf(it, 'lives_on')).toEqual(['read-model.lives_on.2', 'table read_lives_on_2'])
    const rows = async () =>
      (await it.store.query('select from watertight.outbox where topic = $1', [it.topic.name])).rows
    await cleanUpEvents(it.store, { eventsMs: 0 })
    expect(await rows()).toEqual([])
    await before.close()
    await after.close()
  })

  test('a member of a group that was ended is refused when it would begin it again', async () => {
    const it = scene('begin-again')
    const model = keyed('begun', it)
    await (await serveReadModel(it.store, model)).close()
    await it.publish(['a', 1])
    const member = await it.member({
      ...projection(model, 1),
      areIndependent: true,
      mayBegin: (transaction) => isWanted(transaction, model, 1),
    })
    await member.round()
    await (await serveReadModel(it.store, keyed('begun', it, { version: 2 }), { pollMs: 5 })).close()
    await expect(member.round()).rejects.toMatchObject({ code: 'WT_EVENTS_GROUP_ENDED' })
    await member.leave()
    expect(await groupsOf(it, 'begun')).toEqual(['read-model.begun.2', 'table read_begun_2'])
  })
}

/** A store that tells when a member that works on it has left its group. */
function watchLeaving(store: Store): { readonly store: Store; readonly hasLeft: Promise<void> } {
  let left = (): void => {}
  return {
    hasLeft: new Promise((resolve) => (left = resolve)),
    store: {
      kind: store.kind,
      query: async (text, ...rest) => {
        const answer = await store.query(text, ...rest)
        if (/^\s*delete from watertight.consumer_member/.test(text)) left()
        return answer as never
      },
      transaction: (...work) => store.transaction(...work),
      atOnce: (...work) => store.atOnce(...work),
      listen: (...to) => store.listen(...to),
      close: () => Promise.resolve(),
    },
  }
}

const narrow = (name: string, { topic }: Scene, version: number): ReadModel<Numbered> =>
  defineReadModel(name, {
    topic,
    columns: { name: 'text' },
    key: 'name',
    version,
    project: ({ key }) => ({ name: key }),
  })

function abandonedGenerations(scene: (topic: string) => Scene): void {
  test('a generation that cannot take its place says why, and leaves nothing that holds events back', async () => {
    const it = scene('no-place')
    await it.publish(['a', 1])
    const before = await serveReadModel(it.store, keyed('placed', it), { pollMs: 5 })
    await it.store.query('create view effects.of_placed as select n from watertight.placed')
    await expect(serveReadModel(it.store, narrow('placed', it, 2), { pollMs: 5 })).rejects.toThrow(
      /^cannot serve read model placed: whatever needs its view must be dropped first.*of_placed/,
    )
    await before.close()
    expect(await groupsOf(it, 'placed')).toEqual(['read-model.placed.1', 'table read_placed_1'])
    await it.store.query('drop view effects.of_placed')
    const after = await serveReadModel(it.store, narrow('placed', it, 2), { pollMs: 5 })
    expect((await it.store.query('select * from watertight.placed')).rows).toMatchObject([{ name: 'a' }])
    await after.close()
  })

  test('a generation whose builder was killed goes with the next start of what is served', async () => {
    const it = scene('killed-builder')
    await it.publish(['a', 1])
    const served = keyed('half_built', it)
    await (await serveReadModel(it.store, served, { pollMs: 5 })).close()
    const model = keyed('half_built', it, { version: 2 })
    const { generation } = await nextGeneration(it.store, model)
    const member = await it.member({ ...projection(model, generation), areIndependent: true })
    await member.round()
    // One that gives signs of life is left alone.
    await (await serveReadModel(it.store, served, { pollMs: 5 })).close()
    expect(await groupsOf(it, 'half_built')).toContain('read-model.half_built.2')
    await it.loseMembers()
    await (await serveReadModel(it.store, served, { pollMs: 5 })).close()
    expect(await groupsOf(it, 'half_built')).toEqual(['read-model.half_built.1', 'table read_half_built_1'])
  })

  test('a builder whose generation was taken for abandoned builds another', async () => {
    const it = scene('taken-for-abandoned')
    await it.publish(['a', 1])
    const served = keyed('robbed', it)
    await (await serveReadModel(it.store, served, { pollMs: 5 })).close()
    let isRobbed = false
    const robbing: Store = {
      ...watchLeaving(it.store).store,
      query: async (text, ...rest) => {
        if (!isRobbed && text.includes('is_done')) {
          isRobbed = true
          await it.loseMembers()
          await (await serveReadModel(it.store, served, { pollMs: 5 })).close()
        }
        return await it.store.query(text, ...rest)
      },
    }
    const after = await serveReadModel(robbing, keyed('robbed', it, { version: 2 }), {
      pollMs: 5,
      leaseMs: 150,
    })
    await after.waitForKey('a', { deadlineMs: 20_000 })
    expect((await it.store.query('select n from watertight.robbed')).rows).toEqual([{ n: 1 }])
    await after.close()
    expect(isRobbed).toBe(true)
  })
}

function failedProjections(scene: (topic: string) => Scene): void {
  /** One that fails at some events, as often as is said. */
  const failing = (it: Scene, version: number, failures: Record<string, number>): ReadModel<Numbered> =>
    defineReadModel('failing', {
      topic: it.topic,
      columns: { name: 'text', n: 'integer' },
      key: 'name',
      version,
      project: ({ key, data }) => {
        const name = key ?? ''
        const left = failures[name] ?? 0
        failures[name] = left - 1
        if (left > 0) throw new Error(`no ${name}`)
        return { name, n: data.n }
      },
    })

  test('a generation that has given up on an event does not take the place of one that has its row', async () => {
    const it = scene('no-rows-lost')
    const rows = async () =>
      (await it.store.query('select name from watertight.failing order by name')).rows.map(
        (row) => row['name'],
      )
    await it.publish(['a', 1], ['b', 2], ['c', 3], ['d', 4])
    const options = { pollMs: 5 }
    const before = await serveReadModel(it.store, failing(it, 1, { d: Infinity }), options)
    const dead = async () =>
      (
        await it.store.query(`select from watertight.parked_event where topic = $1 and state = 'dead'`, [
          it.topic.name,
        ])
      ).rows.length
    await expect.poll(dead, { timeout: 20_000 }).toBe(1)
    const heard: string[] = []
    await expect(
      serveReadModel(it.store, failing(it, 2, { b: Infinity }), {
        ...options,
        onError: (error) => heard.push(String(error)),
      }),
    ).rejects.toThrow(
      /^cannot serve read model failing: project must take every event that the one that is read has taken, got event \S+, .*no b/,
    )
    expect(heard).toContain('Error: no b')
    expect(await rows()).toEqual(['a', 'b', 'c'])
    // What fails once is tried again before it is read; what the one before has given up on, too, holds nothing up.
    const after = await serveReadModel(it.store, failing(it, 3, { c: 1, d: Infinity }), options)
    expect(await rows()).toEqual(['a', 'b', 'c'])
    await before.close()
    await after.close()
  })
}

function readersOfViews(scene: (topic: string) => Scene): void {
  test('whoever may read a model, or has a view of it, does not notice that another generation takes its place', async () => {
    const it = scene('noticed')
    await it.publish(['a', 1])
    const serve = async (model: ReadModel<Numbered>) =>
      await (await serveReadModel(it.store, model, { pollMs: 5 })).close()
    await serve(keyed('noticed', it))
    await it.store.query('grant select on watertight.noticed to public')
    await it.store.query('create view effects.of_noticed as select * from watertight.noticed')
    const mayRead = async () =>
      (await it.store.query(`select has_table_privilege('public', 'watertight.noticed', 'select') as may`))
        .rows
    await serve(keyed('noticed', it, { version: 2 }))
    await serve(wide('noticed', it, 3))
    expect(await mayRead()).toEqual([{ may: true }])
    expect((await it.store.query('select name, n from effects.of_noticed')).rows).toEqual([
      { name: 'a', n: 1 },
    ])
    expect((await it.store.query('select name, n, more from watertight.noticed')).rows).toEqual([
      { name: 'a', n: 1, more: 10 },
    ])
    await it.store.query('drop view effects.of_noticed')
    await it.store.query('grant update (name) on watertight.noticed to public')
    await serve(narrow('noticed', it, 4))
    expect(await mayRead()).toEqual([{ may: true }])
    const text = `select has_column_privilege('public', 'watertight.noticed', 'name', 'update') as may`
    expect((await it.store.query(text)).rows).toEqual([{ may: true }])
  })
}

/** A column more, and not the last one. */
const wide = (name: string, { topic }: Scene, version: number): ReadModel<Numbered> =>
  defineReadModel(name, {
    topic,
    columns: { more: 'integer', name: 'text', n: 'integer' },
    key: 'name',
    version,
    project: ({ key, data }) => ({ name: key, n: data.n, more: data.n * 10 }),
  })

function versionsAndNames(scene: (topic: string) => Scene): void {
  test('a process of before that starts again does not take the model back', async () => {
    const it = scene('taken-back')
    await it.publish(['a', 1])
    const serve = async (model: ReadModel<Numbered>) =>
      await (await serveReadModel(it.store, model, { pollMs: 5 })).close()
    await serve(keyed('taken_back', it))
    await serve(wide('taken_back', it, 2))
    await expect(serve(keyed('taken_back', it))).rejects.toThrow(
      'cannot serve read model taken_back: version must be >= 2, which is served, got 1; to go back to what it was, give that a higher version',
    )
    expect((await it.store.query('select more from watertight.taken_back')).rows).toEqual([{ more: 10 }])
    expect(await groupsOf(it, 'taken_back')).toEqual(['read-model.taken_back.2', 'table read_taken_back_2'])
  })

  test('columns may be called as words of SQL are', async () => {
    const it = scene('words')
    const of = (version: number) =>
      defineReadModel('select', {
        topic: it.topic,
        columns: { order: 'text', user: 'integer', end: 'text', group: 'text' },
        key: 'order',
        version,
        project: ({ key, data }) => ({ order: key, user: data.n, end: 'z', group: null }),
      })
    await it.publish(['a', 1], ['a', 2])
    for (const version of [1, 2]) {
      const served = await serveReadModel(it.store, of(version), { pollMs: 5 })
      await served.waitForKey('a', { deadlineMs: 20_000 })
      await served.close()
    }
    expect(
      (await it.store.query('select "order", "user", "end", "group" from watertight."select"')).rows,
    ).toEqual([{ order: 'a', user: 2, end: 'z', group: null }])
  })

  test('a model may not be called as a table or index of the schema is that its view lies in', async () => {
    const it = scene('names')
    const { rows } = await it.store.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'watertight'::regnamespace and relkind in ('r', 'S', 'i') and relname !~ '^read_.*_[0-9]+'`,
    )
    expect(rows.length).toBeGreaterThan(10)
    for (const { name } of [...rows, { name: 'read_orders_1' }]) {
      expect(() => keyed(name, it)).toThrow(/name must be none of a table or index of Watertight, got /)
    }
    expect(keyed('saga_of', it).name).toBe('saga_of')
  })
}
