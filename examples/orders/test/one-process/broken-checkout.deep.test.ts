import { PGliteStore } from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { breaks, checkouts, findingsOf, representatives } from './breaks.js'

let store: PGliteStore
beforeAll(() => {
  store = new PGliteStore()
})
afterAll(() => store.close())

test.each(checkouts)(
  'each call broken once, in every way, for %j: the books balance',
  async (checkout) => {
    expect(
      await findingsOf(
        store,
        breaks.map((one) => ({ broken: [one], checkout })),
      ),
    ).toEqual([])
  },
  300_000,
)

test('two calls broken in one checkout, every pair of kinds: the books balance', async () => {
  const [checkout] = checkouts
  // A process that dies takes with it whatever else it does: those are broken alone, and in the sample of pairs.
  const lasting = representatives.filter(({ fault }) => !fault.name.startsWith('order dies'))
  const misfortunes = lasting.flatMap((first, index) =>
    lasting.slice(index).map((second) => ({ broken: [first, second], checkout })),
  )
  expect(await findingsOf(store, misfortunes)).toEqual([])
}, 600_000)
