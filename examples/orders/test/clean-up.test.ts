import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, publish, type Store } from '@watertight/durable'
import { expect, onTestFinished, test, vi } from 'vitest'
import { cleanUpRegularly } from '../src/database/clean-up.js'
import type { Edge } from '../src/http/edge.js'
import { loadManifest } from '../src/manifest/manifest.js'
import { CheckoutDesk } from '../src/order/checkout-desk.js'
import { orderEvents } from '../src/order/order-events.js'
import { openPayment } from '../src/services/payment.js'
import type { Log } from '../src/telemetry/observation.js'
import { emptyStore } from './empty-store.js'
import { memoryJournals } from './one-process/memory-journals.js'

test('what all have handled and is old is deleted, again and again; what is new stays', async () => {
  const store = await emptyStore()
  await migrate(store)
  const tell = async (key: string) =>
    await store.transaction((transaction) =>
      publish(transaction, orderEvents, {
        type: 'order-delayed',
        key,
        data: { waitsFor: 'payment' },
      }),
    )
  const keys = async () => (await store.query('select key from watertight.outbox order by key')).rows
  const growOld = `update watertight.outbox set published_at = now() - interval '8 days' where key like 'old%'`
  const trouble: unknown[] = []
  const cleaning = cleanUpRegularly(store, (error) => trouble.push(error), 5)
  await tell('new')
  for (const key of ['old-1', 'old-2']) {
    await tell(key)
    await store.query(growOld)
    await expect.poll(keys, { timeout: 20_000 }).toEqual([{ key: 'new' }])
  }
  await cleaning.close()
  await store.close()
  expect(trouble).toEqual([])
})

/** Timers that come again and again stand still but for this; those that come once go on. */
const passAMinute = (): void => void vi.advanceTimersByTime(60_000)

const away = { call: () => Promise.reject(new Error('nobody is there')) } as unknown as Edge

async function openDesk(store: Store): Promise<() => Promise<void>> {
  const callees = { inventory: away, payment: away, loyalty: away }
  const onTrouble = (): void => {}
  const desk = await CheckoutDesk.open({ store, version: 'stable', callees, tax: away, onTrouble })
  return () => desk.close()
}

async function openCharges(store: Store): Promise<() => Promise<void>> {
  const { model } = loadManifest()
  const log = { warn: () => {} } as unknown as Log
  const payment = await openPayment({ openJournal: memoryJournals(), openStore: () => store, model, log })
  await payment.opened
  return () => payment.close()
}

test.each([
  ['order', openDesk],
  ['payment', openCharges],
] as const)('%s deletes what is over of its database', async (_service, open) => {
  const database = await emptyStore()
  onTestFinished(() => database.close())
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const close = await open({ ...database, close: () => Promise.resolve() })
  await database.query(
    `insert into watertight.inbox (group_name, topic, event_id, received_at) values ('old', 'orders', 'e1', now() - interval '1 year')`,
  )
  passAMinute()
  const left = async () =>
    (await database.query(`select from watertight.inbox where group_name = 'old'`)).rows
  await expect.poll(left, { timeout: 20_000 }).toEqual([])
  await close()
})

const sources = fileURLToPath(new URL('../src', import.meta.url))

test('whatever hands an order on is tried until it works: after a few tries it would be a dead letter, and the order stand still', () => {
  const handing = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') }))
    .filter(({ text }) => /\b(consume|joinChoreography)\(/.test(text))
  expect(handing.length).toBeGreaterThan(3)
  for (const { name, text } of handing)
    expect.soft(text, name).toContain('const { attempts: attemptsMax, backoff } = UNTIL_IT_WORKS')
})
