import { Ajv } from 'ajv'
import { consume, defineTopic, openSagaEngine, openStore, publish, saga } from '@watertight/durable'
import { expect, test } from 'vitest'
import { outputSchema } from '../src/schema/output-schemas.js'
import type { Ended } from './run-process.js'
import { watertightHere } from './watertight-here.js'

const orders = defineTopic('orders', {
  source: '/orders',
  types: { 'order.placed': { schema: { parse: (input: unknown) => input as { total: number } } } },
})

/** One event that nobody can handle, one that waits behind it, and a saga that waits for a signal. */
async function fill(url: string): Promise<void> {
  const store = openStore(url)
  await store.transaction(async (transaction) => {
    await publish(transaction, orders, [
      { type: 'order.placed', key: 'order-1', data: { total: 12 } },
      { type: 'order.placed', key: 'order-1', data: { total: 13 } },
    ])
  })
  const consumer = await consume(store, {
    group: 'shipping',
    topic: orders,
    attemptsMax: 1,
    pollMs: 20,
    handle: async () => {
      throw new Error('no such address')
    },
  })
  const dead = async (): Promise<number> => {
    const { rows } = await store.query<{ count: number }>(
      `select count(*)::integer as count from watertight.parked_event where state = 'dead'`,
    )
    return rows[0]!.count
  }
  await expect.poll(dead, { timeout: 20_000 }).toBe(1)
  await consumer.close()
  const place = saga('place-order').signal('paid').build()
  const engine = await openSagaEngine({ store, sagas: [place] })
  await engine.start(place, { id: 'order-1', input: null, key: 'ann' })
  await engine.close()
  await store.close()
}

interface AskedStore {
  readonly ask: (...words: string[]) => Promise<Ended>
  /** With `--json`, held against the schema of the command. */
  readonly json: (...words: string[]) => Promise<Record<string, unknown>>
}

/** Asks commands about the store that is there. */
export function askedStore(url: () => string): AskedStore {
  const ask = async (...words: string[]): Promise<Ended> =>
    await watertightHere([...words, '--store', url()], { cwd: '/' })
  return {
    ask,
    json: async (...words) => {
      const { out } = await ask(...words, '--json')
      const matches = new Ajv({ strict: true }).compile(JSON.parse(outputSchema(words[0]!)) as object)
      matches(JSON.parse(out))
      expect([words, matches.errors ?? []]).toEqual([words, []])
      return JSON.parse(out) as Record<string, unknown>
    },
  }
}

/** Where nothing is found since there is no such name, that is what is told, and which there are. */
async function misspelt(ask: AskedStore['ask']): Promise<void> {
  const group = 'there is no group shiping; there are shipping; did you mean shipping?\n'
  const topic = 'there is no topic order; there are orders; did you mean orders?\n'
  for (const command of ['lag', 'dead-letters', 'redrive'])
    expect([command, (await ask('events', command, '--group', 'shiping')).out]).toEqual([command, group])
  for (const command of ['lag', 'dead-letters', 'tail'])
    expect([command, (await ask('events', command, '--topic', 'order')).out]).toEqual([command, topic])
  expect((await ask('events', 'dead-letters', '--group', 'shipping', '--key', 'x')).out).toBe(
    'there are no dead events of group shipping, key x\n',
  )
  const forgotten = await ask('events', 'forget', 'shiping', '--yes')
  expect([forgotten.code, forgotten.err]).toEqual([2, expect.stringContaining('did you mean shipping?')])
  const broker = await ask('events', 'lag', '--broker', 'localhost:9092')
  expect([broker.code, broker.err]).toEqual([
    2,
    expect.stringContaining('cannot ask Kafka: --broker must be kafka://host:port'),
  ])
  expect(broker.err).not.toContain('a bug')
}

/** The commands about a store, from an empty one on. `url` is where it is, for one process at a time. */
export function storeCommands(name: string, url: () => string): void {
  test(`on ${name}, a store is moved up, and its events and sagas are looked at and steered`, async () => {
    const { ask, json } = askedStore(url)
    expect((await json('migrate', 'up'))['new']).toContain('0001-outbox')
    expect(await ask('migrate', 'up')).toMatchObject({ code: 0, out: 'the schema is up to date\n' })
    expect(await json('migrate', 'status')).toMatchObject({ pending: [] })
    expect((await ask('events', 'tail')).out).toBe('no events have been published\n')
    await fill(url())

    expect((await ask('events', 'tail')).out).toContain('{"total":13}')
    expect(await json('events', 'tail', '--limit', '1')).toMatchObject({ events: [{ data: { total: 13 } }] })
    expect(await json('events', 'lag')).toMatchObject({
      groups: [{ group: 'shipping', topic: 'orders', events: 0, parked: 1, deadLetters: 1 }],
    })
    expect((await ask('events', 'dead-letters')).out).toContain('no such address')
    expect(await json('events', 'dead-letters')).toMatchObject({
      deadLetters: [{ key: 'order-1', waiting: 1 }],
    })
    expect(await ask('events', 'redrive')).toMatchObject({ code: 2 })
    expect(await json('events', 'redrive', '--group', 'shipping')).toEqual({ schemaVersion: 1, redriven: 1 })
    expect((await ask('events', 'dead-letters')).out).toBe('there are no dead events\n')
    await misspelt(ask)
    expect(await ask('events', 'forget', 'shipping')).toMatchObject({ code: 2 })
    expect(await json('events', 'forget', 'shipping', '--yes')).toEqual({
      schemaVersion: 1,
      forgotten: 'shipping',
    })
    expect(await json('events', 'lag')).toMatchObject({ groups: [] })

    expect((await ask('saga', 'list', '--status', 'running')).out).toContain('place-order')
    expect(await json('saga', 'list', '--key', 'ann')).toMatchObject({ sagas: [{ id: 'order-1' }] })
    expect((await ask('saga', 'show', 'order-1')).out).toContain('started')
    expect(await json('saga', 'show', 'order-1')).toMatchObject({ saga: { status: 'running', key: 'ann' } })
    expect((await ask('saga', 'cancel', 'order-1', '--reason', 'the customer called')).out).toBe(
      'saga order-1 is told to cancel\n',
    )
    expect(await json('saga', 'retry', 'order-1')).toMatchObject({ asked: 'retry' })
    const inVain = await ask('saga', 'resume', 'order-1')
    expect([inVain.code, inVain.err]).toEqual([
      2,
      expect.stringContaining('only one whose compensation has failed'),
    ])
    const tooMany = await ask('saga', 'list', '--limit', '5000')
    expect([tooMany.code, tooMany.err]).toEqual([2, expect.stringContaining('from 1 to 1000, got 5000')])
    expect((await ask('saga', 'list', '--name', 'others')).out).toContain('no saga is open; --status done')
    const unknown = await ask('saga', 'resume', 'order-2')
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('there is none with this id')])
  }, 280_000)
}
