import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Order, WorkingState } from '../src/order/order.js'
import type { OrderStore } from '../src/order/order-store.js'
import { PostgresOrderStore } from '../src/order/postgres-order-store.js'
import { startDatabase, stopDatabases } from './database.js'
import { MemoryOrderStore } from './one-process/memory-order-store.js'

const stores: readonly (readonly [string, (folder: string) => Promise<OrderStore>])[] = [
  ['in Postgres', async (folder) => new PostgresOrderStore((await startDatabase(folder)).store)],
  ['in memory', async () => new MemoryOrderStore()],
]

function order(id: string, state: WorkingState = 'reserving'): Order {
  return {
    id,
    customer: 'c-1',
    items: [{ sku: 'mug-7', quantity: 1 }],
    card: 'tok_ok',
    totalCents: 1_250,
    takenBy: 'stable',
    state,
  }
}

describe.each(stores)('orders kept %s', (_where, open) => {
  let folder: string
  let store: OrderStore

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orders-'))
    store = await open(folder)
    await store.countUnfinished()
  }, 180_000)
  afterAll(async () => {
    await stopDatabases()
    await rm(folder, { recursive: true })
  }, 60_000)

  test('a key is good for one order', async () => {
    expect(await store.insert(order('a'), 'key-a')).toEqual({ order: order('a'), isNew: true })
    expect(await store.insert(order('b'), 'key-a')).toEqual({ order: order('a'), isNew: false })
    expect(await store.find('a')).toEqual(order('a'))
    expect(await store.find('b')).toBeUndefined()
  })

  test('an order keeps the reason and the message that it once got', async () => {
    const moved = await store.move(order('a'), { state: 'releasing', reason: 'card-declined' }, 'points')
    expect(moved).toEqual({ ...order('a'), state: 'releasing', reason: 'card-declined', loyalty: 'points' })
    expect(await store.move(moved, { state: 'cancelled' })).toEqual({ ...moved, state: 'cancelled' })
    expect(await store.insert(order('b'), 'key-a')).toMatchObject({ isNew: false })
  })

  test('an order that failed through no fault of the customer gives its key back when it ends', async () => {
    await store.insert(order('c'), 'key-c')
    await store.move(order('c'), { state: 'releasing', reason: 'unavailable' })
    expect(await store.insert(order('d'), 'key-c')).toMatchObject({ isNew: false })
    await store.move(order('c'), { state: 'cancelled' })
    expect(await store.insert(order('d', 'charging'), 'key-c')).toMatchObject({ isNew: true })
  })

  test('an order that is not there cannot be moved', async () => {
    await expect(store.move(order('nobody'), { state: 'charging' })).rejects.toThrow(
      'cannot move an order: nobody is not in the store',
    )
  })

  test('unfinished orders come by state, a few at a time, and then from the beginning again', async () => {
    for (const id of ['e', 'f', 'g']) await store.insert(order(id, 'refunding'), id)
    const takenBy = 'stable'
    const states = ['refunding', 'charging'] as const
    const first = await store.unfinished({ takenBy, states, from: 0, limit: 3 })
    expect(first.orders.map(({ id }) => id)).toEqual(['d', 'e', 'f'])
    const second = await store.unfinished({ takenBy, states, from: first.next, limit: 3 })
    expect(second).toMatchObject({ orders: [{ id: 'g' }], next: 0 })
    expect((await store.unfinished({ takenBy, states: ['shipping'], from: 0, limit: 3 })).orders).toEqual([])
    expect(await store.unfinished({ takenBy: 'canary', states, from: 0, limit: 3 })).toEqual({
      orders: [],
      next: 0,
    })
    await store.move(order('g', 'refunding'), { state: 'releasing', reason: 'unavailable' })
    expect(await store.countUnfinished()).toEqual({ unfinished: 4, undoing: 1 })
  })

  test('a page shows all, the oldest first', async () => {
    const { entries, next } = await store.page(0)
    expect(entries.map(({ id }) => id)).toEqual(['a', 'c', 'd', 'e', 'f', 'g'])
    expect(next).toBeNull()
  })
})
