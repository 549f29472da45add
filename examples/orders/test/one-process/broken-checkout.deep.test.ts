import { PGliteStore } from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { breaks, checkouts, findingsOf, representatives } from './breaks.js'

const [good, ...refused] = checkouts
/**
 * What is left of the ways in which a call breaks when one looks at two calls: was it sent, was it done, what came back.
 * With ORDERS_PAIRS=all it is each kind of way: some ten thousand pairs, and three minutes.
 */
const inPairs: ReadonlySet<string> = new Set([
  'circuit open',
  'time-out, and the work is done much later',
  'reset before the work',
  'reset after the work',
  'a foreign 503 after the work',
  '200 with the body null after the work',
])
const takesAll = process.env['ORDERS_PAIRS'] === 'all'

let store: PGliteStore
beforeAll(() => {
  store = new PGliteStore({ queryDeadlineMs: 120_000 })
})
afterAll(() => store.close())

test('each call broken once, in every way: the books balance', async () => {
  const alone = breaks.map((one) => ({ broken: [one], checkout: good }))
  expect(await findingsOf(store, alone)).toEqual([])
}, 600_000)

test('each call of a checkout that is refused broken once, in each kind of way: the books balance', async () => {
  const alone = refused.flatMap((checkout) => representatives.map((one) => ({ broken: [one], checkout })))
  expect(await findingsOf(store, alone)).toEqual([])
}, 600_000)

test(
  'two calls broken in one checkout, every pair of kinds: the books balance',
  async () => {
    const kinds = representatives.filter(({ fault }) => takesAll || inPairs.has(fault.name))
    const pairs = kinds.flatMap((first, index) =>
      kinds.slice(index).map((second) => ({ broken: [first, second], checkout: good })),
    )
    // Ten shops of a thousand orders are far quicker than one of ten thousand.
    for (let first = 0; first < pairs.length; first += 1_000)
      expect(await findingsOf(store, pairs.slice(first, first + 1_000))).toEqual([])
  },
  takesAll ? 3_600_000 : 600_000,
)
