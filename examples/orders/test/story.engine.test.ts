import { afterAll, beforeAll, expect, test } from 'vitest'
import { Story } from './story.js'

let story: Story

beforeAll(async () => {
  story = await Story.open({ profile: 'engines' }, 10)
}, 180_000)
afterAll(() => story.shop.close())

test('on real servers: payment slow, inventory killed, the database killed, all stopped and started again; the books balance', async () => {
  await story.morePlaced(20)
  expect(story.shop.system.names).toEqual(expect.arrayContaining(['postgres', 'kafka']))
  await story.paymentIsSlow(20)
  await story.dies('inventory')
  await story.dies('postgres')
  await story.dies('gateway')
  await story.stopsAndStartsAgain(10)
  const { books } = await story.settles()
  expect(books.orders.length).toBeGreaterThan(30)
}, 180_000)
