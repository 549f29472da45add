import type { Store } from '@watertight/durable'
import { seededRandom } from '@watertight/policy/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyStore } from '../empty-store.js'
import { checkouts, findingsOf, representatives } from './breaks.js'

/** One kind of way in six, and so many pairs: the deep tests take each. */
const ONE_IN = 6
const PAIRS = 15

const seed = Number(process.env['ORDERS_SEED'] ?? Date.now() % 1_000_000)

let store: Store
beforeAll(async () => {
  store = await emptyStore()
})
afterAll(() => store.close())

test('each call broken once, in some kinds of way: the books balance', async () => {
  const [checkout] = checkouts
  expect(
    await findingsOf(
      store,
      representatives
        .filter((_, index) => index % ONE_IN === seed % ONE_IN)
        .map((one) => ({ broken: [one], checkout })),
    ),
    `replay with ORDERS_SEED=${seed}`,
  ).toEqual([])
}, 120_000)

test('two calls broken in one checkout, a sample: the books balance', async () => {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const misfortunes = Array.from({ length: PAIRS }, () => {
    return { broken: [pick(representatives), pick(representatives)], checkout: pick(checkouts) }
  })
  expect(await findingsOf(store, misfortunes), `replay with ORDERS_SEED=${seed}`).toEqual([])
}, 120_000)
