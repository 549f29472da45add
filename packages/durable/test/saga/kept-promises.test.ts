import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '@watertight/policy/decisions'
import { expect, test } from 'vitest'
import { type TimelineEntry, withEntry } from '../../src/saga/decisions/timeline.js'
import { openSagaEngine, saga, type SagaListOptions } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'
import { gate } from './gate.js'

const bench = new EngineBench(emptyStore)
const patient = { timeout: 20_000 }
const waits = saga('waits').signal('go').build()
const short = saga('short').signal('go').build()

test('a saga that has been told a thousand things that nobody takes in is told no more', async () => {
  const engine = await bench.open({ sagas: [waits], works: false })
  await engine.start(waits, { id: 'full', input: null })
  await bench.store.query(
    `update watertight.saga set requests = array_fill('{"type":"retried"}'::json, array[999]) where id = 'full'`,
  )
  await engine.signal('full', 'go')
  await expect(engine.signal('full', 'go')).rejects.toMatchObject({
    code: 'WT_SAGA_FULL',
    message: 'cannot signal saga full: 1000 requests wait to be taken in',
  })
})

test('sagas are listed page by page, each once: those that are open, those of a key, and those that have ended', async () => {
  const client = await bench.open({ sagas: [short], works: false })
  const ids = ['p1', 'p2', 'p3', 'p4', 'p5']
  for (const id of ids) {
    await client.start(short, { id, key: 'ann', input: null })
    await client.signal(id, 'go')
  }
  const pages = async (query: SagaListOptions): Promise<string[]> => {
    const listed: string[] = []
    for (let after: string | undefined; ; after = listed.at(-1)) {
      const page = await client.list({ ...query, limit: 2, ...(after !== undefined && { after }) })
      listed.push(...page.map(({ id }) => id))
      if (page.length < 2 || listed.length > ids.length) return listed
    }
  }
  expect(await pages({ name: 'short' })).toEqual(ids)
  expect(await pages({ key: 'ann' })).toEqual(ids)
  await bench.open({ sagas: [short] })
  await expect
    .poll(async () => (await client.list({ name: 'short', status: 'done' })).length, patient)
    .toBe(ids.length)
  expect((await pages({ name: 'short', status: 'done' })).toSorted()).toEqual(ids)
})

test('of a long timeline the beginning and the end are kept, and it is said how much was between', () => {
  let kept: { timeline: readonly TimelineEntry[]; omitted: number } = { timeline: [], omitted: 0 }
  for (let at = 0; at < 1_000; at += 1) {
    const { timeline, omitted } = withEntry(kept.timeline, { at, what: 'signal', detail: 'x'.repeat(9_000) })
    kept = { timeline, omitted: kept.omitted + omitted }
  }
  const times = kept.timeline.map(({ at }) => at)
  expect(times).toEqual([
    ...Array.from({ length: 60 }, (_, at) => at),
    ...Array.from({ length: 140 }, (_, at) => 860 + at),
  ])
  expect(kept.omitted).toBe(800)
  expect(kept.timeline[0]?.detail).toHaveLength(500)
})

test('what is not said otherwise is as documented: 64 steps at once, a lease of 10 s, what has ended for 7 days', async () => {
  const { store } = bench
  let atOnce = 0
  const end = gate()
  const hung = saga('hung')
    .step('one', {
      run: async () => {
        atOnce += 1
        await end.opened
      },
      effect: 'none',
    })
    .build()
  const ended = (id: string, ago: string) =>
    store.query(
      `insert into watertight.saga (id, name, version, status, waits_for, state, ended_at)
       values ($1, 'hung', 1, 'done', '', '{}', now() - $2::interval)`,
      [id, ago],
    )
  await ended('kept', '6 days 23 hours')
  await ended('over', '7 days 1 hour')
  await store.query(`delete from watertight.saga_worker`)
  const engine = await openSagaEngine({ store, sagas: [hung] })
  try {
    const lease = `select extract(epoch from lease_until - now())::float8 as left from watertight.saga_worker`
    const { rows } = await store.query<{ left: number }>(lease)
    expect(Math.ceil(rows[0]!.left)).toBeLessThanOrEqual(10)
    const started = []
    for (let index = 0; index < 70; index += 1)
      started.push(await engine.start(hung, { id: `h${index}`, input: null }))
    await expect.poll(() => atOnce, patient).toBe(64)
    end.open()
    for (const { outcome } of started) expect(await outcome()).toMatchObject({ status: 'done' })
    await expect.poll(async () => await engine.find('over'), patient).toBeUndefined()
    expect(await engine.find('kept')).toMatchObject({ status: 'done' })
  } finally {
    await engine.close()
  }
})

test('workers that are long gone are forgotten by whoever ends next', async () => {
  const { store } = bench
  await store.query(
    `insert into watertight.saga_worker values
     ('00000000-0000-4000-8000-000000000001', now() - interval '2 days'),
     ('00000000-0000-4000-8000-000000000002', now() - interval '2 hours')`,
  )
  const engine = await openSagaEngine({ store, sagas: [waits] })
  await engine.close()
  const { rows } = await store.query<{ id: string }>(
    `select id from watertight.saga_worker where lease_until < now() - interval '1 hour'`,
  )
  expect(rows).toEqual([{ id: '00000000-0000-4000-8000-000000000002' }])
})

test('a worker whose lease has lapsed begins nothing until it has it again, and stops what others have taken meanwhile', async () => {
  const { store } = bench
  const query = store.query.bind(store)
  const back = gate()
  let [lag, asked] = [0, 0]
  const clock = { ...systemClock, now: () => systemClock.now() + lag }
  const stopped: string[] = []
  const slow = saga('slow')
    .step('one', {
      run: async ({ sagaId, signal }) => {
        asked += 1
        if (sagaId === 'mine') return
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        stopped.push(String(signal.reason))
      },
      effect: 'none',
    })
    .build()
  const engine = await bench.open({ sagas: [slow], clock, leaseMs: 600, drainMs: 0 })
  await engine.start(slow, { id: 'lost', input: null })
  await expect.poll(() => asked, patient).toBe(1)
  store.query = async (...statement) => {
    if (statement[0].includes('saga_worker as worker (id, lease_until)')) await back.opened
    return await query<never>(...statement)
  }
  await query(
    `insert into watertight.saga_worker values ('00000000-0000-4000-8000-000000000003', now() + interval '1 hour')`,
  )
  const taken = `update watertight.saga set owner = '00000000-0000-4000-8000-000000000003', epoch = epoch + 1 where id = 'lost'`
  await query(taken)
  // As if the process had stood still for so long.
  lag = 60_000
  const mine = await engine.start(slow, { id: 'mine', input: null })
  await turn()
  expect([asked, stopped]).toEqual([1, []])
  store.query = query
  back.open()
  expect(await mine.outcome()).toMatchObject({ status: 'done' })
  expect(stopped).toEqual(['Error: cannot go on with saga lost: another worker has it'])
})
