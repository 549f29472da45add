import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { Load } from '../src/load/load.js'
import { Measurements } from '../src/load/measurements.js'
import { Shop } from './shop.js'
import { until } from './until.js'

const LOYALTY_LATER = 'Loyalty points currently unavailable, but your order is processed!'

let shop: Shop
let load: Load
const measurements = new Measurements()
const counts = () => measurements.snapshot().overall.counts

beforeAll(async () => {
  shop = await Shop.open()
  load = new Load({ frontDoor: shop.system.frontDoor, rate: 20, measurements })
}, 180_000)
afterAll(() => shop.close())

async function morePlaced(howMany: number): Promise<void> {
  const before = counts().placed
  await until(`${howMany} more orders are placed`, () => counts().placed >= before + howMany)
}

/** Orders go on without tax, and are tried again until the sidecar is back. */
async function taxAndSidecarDie(): Promise<void> {
  if (shop.system.hasTax) shop.signal('tax', 'SIGKILL')
  shop.signal('shipping-sidecar', 'SIGKILL')
  await until('all is back', () =>
    ['shipping-sidecar', ...(shop.system.hasTax ? ['tax'] : [])].every((name) =>
      shop.said.some((line) => line.startsWith(`${name} | back`)),
    ),
  )
}

test('under load: payment slow and stuck, inventory killed, loyalty failing; all recover, and the books balance', async () => {
  await morePlaced(20)
  expect(counts().unavailable).toBe(0)

  // Payment slower than anybody waits: the breaker opens, and checkouts are refused at once instead of hanging.
  await shop.faults('payment', { latencyMs: 3_000, forSeconds: 60 })
  await until('the breaker of payment opens', async () => (await shop.breaker('payment')) === 'open')
  // Longer than the window of the breaker before order: its refusals are answers, and order itself is well.
  await until('checkouts are refused', () => counts().unavailable > 100)
  expect(await shop.breaker('inventory')).toBe('closed')
  expect(await shop.breakerOf('gateway', 'order@stable')).toBe('closed')
  await shop.system.clearFaults()
  await until('the breaker of payment closes', async () => (await shop.breaker('payment')) === 'closed')
  await morePlaced(10)

  // Killed without warning: it is started again, on the same port and with what it had written down.
  const url = shop.system.url('inventory')
  const pid = shop.system.pid('inventory')
  shop.signal('inventory', 'SIGKILL')
  await until(
    'inventory runs again',
    () => shop.system.restarts === 1 && shop.system.pid('inventory') !== pid,
  )
  await morePlaced(10)
  expect(shop.system.url('inventory')).toBe(url)
  await until('it is said to be back', () => /inventory \| back after \d+\.\d s/.test(shop.said.join('\n')))
  expect(shop.said.join('\n')).toContain('inventory | ended (SIGKILL), is started again')

  // Checkouts do without loyalty, and say so.
  await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
  await until('an order is processed without loyalty', async () => {
    const { status, body } = await shop.order()
    return status === 201 && body['loyalty'] === LOYALTY_LATER
  })
  await until('the breaker of loyalty opens', async () => (await shop.breaker('loyalty')) === 'open')
  await morePlaced(10)
  await shop.system.clearFaults()
  await until('the breaker of loyalty closes', async () => (await shop.breaker('loyalty')) === 'closed')

  // The service that keeps the orders dies, and takes up what it left.
  shop.signal('order', 'SIGKILL')
  await until('order runs again', () => shop.system.restarts === 2)
  await morePlaced(10)
  // The gateway had customers wait, and did not turn them away for longer than order was gone.
  expect(await shop.breakerOf('gateway', 'order@stable')).toBe('closed')

  // Payment stands still without dying, as a blocked event loop does: it is found out, killed and replaced.
  const stuck = shop.system.pid('payment')
  shop.signal('payment', 'SIGSTOP')
  await until('payment is replaced', () => {
    const runs = shop.system.pid('payment')
    return shop.system.restarts === 3 && runs !== stuck
  })
  expect(shop.system.hangs).toBe(1)
  expect(shop.said.join('\n')).toContain(
    'payment | fails its probe (GET /healthz is not answered within 2 s), is killed and started again',
  )
  await until('the breaker of payment closes', async () => (await shop.breaker('payment')) === 'closed')
  await morePlaced(10)

  await taxAndSidecarDie()
  await morePlaced(10)

  await load.stop()
  const { books, findings } = await settleBooks(shop.system, load.acknowledged, 60_000)
  expect(findings).toEqual([])
  expect(load.acknowledged.length).toBe(counts().placed)
  expect(books.orders.some(({ reason }) => reason === 'unavailable')).toBe(true)
}, 180_000)
