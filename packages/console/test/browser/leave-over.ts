import {
  consume,
  deadLetters,
  defineTopic,
  migrate,
  openSagaEngine,
  openStore,
  publish,
  saga,
  StepRefusal,
} from '@watertight/durable'
import { expect } from 'vitest'
import { z } from 'zod'

const orders = defineTopic('orders', {
  source: '/orders',
  types: { 'order.placed': { version: 1, schema: z.object({ total: z.number() }) } },
})
const GROUP = 'shipping'
export const SAGA_ID = 'order-1'

/** A purchase whose card is refused, and whose reservation is undone once inventory is up. */
const purchase = (isInventoryUp: boolean) =>
  saga('purchase')
    .step('reserve', {
      run: () => 'reserved',
      compensate: () => {
        if (!isInventoryUp) throw new Error('inventory is down')
      },
      compensation: { retry: { attempts: 1 } },
    })
    .step('charge', {
      run: () => {
        throw new StepRefusal('declined')
      },
      refusals: ['declined'],
    })
    .build()

/** Leaves a dead letter and a saga that could not be undone in a store. */
export async function leaveOver(url: string): Promise<void> {
  // On a busy machine an embedded Postgres takes its time to start.
  const store = openStore(url, { queryDeadlineMs: 120_000 })
  await migrate(store)
  await store.transaction((transaction) =>
    publish(transaction, orders, { type: 'order.placed', key: 'order-1', data: { total: 12 } }),
  )
  const consumer = await consume(store, {
    group: GROUP,
    topic: orders,
    attemptsMax: 1,
    handle: () => Promise.reject(new Error('the address has no country')),
    onError: () => {},
  })
  await expect.poll(() => deadLetters(store), { timeout: 60_000 }).toHaveLength(1)
  await consumer.close()
  const definition = purchase(false)
  const engine = await openSagaEngine({ store, sagas: [definition] })
  const { outcome } = await engine.start(definition, { id: SAGA_ID, input: null })
  expect((await outcome()).status).toBe('compensation-failed')
  await engine.close()
  await store.close()
}

/** What the services of the store do with it, now that nothing is in their way: events handled, and how the saga ended. */
export async function workOff(url: string): Promise<{ readonly handled: number; readonly saga: unknown }> {
  // On a busy machine an embedded Postgres takes its time to start.
  const store = openStore(url, { queryDeadlineMs: 120_000 })
  let handled = 0
  const consumer = await consume(store, {
    group: GROUP,
    topic: orders,
    handle: () => Promise.resolve(void (handled += 1)),
  })
  const engine = await openSagaEngine({ store, sagas: [purchase(true)] })
  await expect
    .poll(async () => [handled, (await engine.find(SAGA_ID))?.status], { timeout: 60_000 })
    .toEqual([1, 'compensated'])
  const { status } = (await engine.find(SAGA_ID)) ?? {}
  await engine.close()
  await consumer.close()
  await store.close()
  return { handled, saga: status }
}
