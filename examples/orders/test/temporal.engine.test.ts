import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { Shop } from './shop.js'
import { until } from './until.js'

let shop: Shop

beforeAll(async () => {
  shop = await Shop.open({ profile: 'engines' })
})
afterAll(() => shop.close())

/** Orders until it works: the first workflow of a worker has it compile what all others use. */
async function placed(card: string): Promise<number> {
  const key = { 'idempotency-key': `once-${card}` }
  return await until(
    `the order of ${card} has ended`,
    async () => {
      const { status } = await shop.order({ card }, key)
      return status === 201 || status === 402 ? status : undefined
    },
    90_000,
  )
}

test('on all real servers at once orders are placed by Temporal, and turned back by it; one whose process dies goes on, and the books balance', async () => {
  expect(shop.system.names).toEqual(expect.arrayContaining(['postgres', 'redis', 'kafka', 'temporal']))
  expect(await placed('tok_ok')).toBe(201)
  expect(await placed('tok_declined')).toBe(402)
  // Who tells of an order twice over asks for nothing that its own transaction keeps from it: the database would take that back.
  const log = await readFile(join(shop.system.dataOf('order'), 'log.jsonl'), 'utf8')
  expect(log).not.toContain('WT_STORE_COMMIT_UNKNOWN')
  const dying = placed('tok_other')
  shop.signal('order', 'SIGKILL')
  expect(await dying).toBe(201)
  const { books, findings } = await settleBooks(shop.system, [], 60_000)
  expect(findings).toEqual([])
  expect(books.orders.map(({ state }) => state).toSorted()).toEqual(['cancelled', 'confirmed', 'confirmed'])
}, 180_000)
