import { afterAll, beforeAll, expect, test } from 'vitest'
import { Story } from './story.js'

let story: Story

beforeAll(async () => {
  story = await Story.open({}, 10)
})
afterAll(() => story.shop.close())

/** Orders go on without tax, and are tried again until the sidecar is back. */
async function taxAndSidecarDie(): Promise<void> {
  const { shop } = story
  if (shop.system.hasTax) shop.signal('tax', 'SIGKILL')
  shop.signal('shipping-sidecar', 'SIGKILL')
  await story.isBack('shipping-sidecar')
  if (shop.system.hasTax) await story.isBack('tax')
}

test('under load: payment slow and stuck, inventory killed, loyalty failing; all recover, and the books balance', async () => {
  const { shop } = story
  await story.morePlaced(20)
  expect(story.counts.unavailable).toBe(0)

  await story.paymentFailsAtTimes()
  // Longer than the window of the breaker before order.
  await story.paymentIsSlow(50)
  expect(await shop.breakerOf('gateway', 'order@stable')).toBe('closed')
  await story.dies('inventory')
  await story.loyaltyFails()
  // The service that keeps the orders dies, and takes up what it left.
  await story.dies('order')
  // The gateway had customers wait, and did not turn them away for longer than order was gone.
  expect(await shop.breakerOf('gateway', 'order@stable')).toBe('closed')
  await story.paymentStandsStill()
  await taxAndSidecarDie()
  await story.morePlaced()

  await story.stopsAndStartsAgain(10)
  const { books } = await story.settles()
  expect(books.orders.some(({ reason }) => reason === 'card-declined')).toBe(true)
}, 300_000)
