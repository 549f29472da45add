import { afterAll, expect, test } from 'vitest'
import { PYTHON_MISSING } from '../src/system/python.js'
import { Shop } from './shop.js'

let shop: Shop | undefined
afterAll(() => shop?.close())

test('without Python the shop says so in one sentence, and sells with an estimated tax', async () => {
  shop = await Shop.open({ environment: { ...process.env, PYTHON: '/nowhere/python3' } })
  // A busy machine has more to tell.
  expect(shop.said.filter((line) => line.includes('Python'))).toEqual([PYTHON_MISSING])
  expect(shop.system.names).not.toContain('tax')
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect(body).toMatchObject({
    total: 49.98,
    tax: 7.98,
    taxNote: 'Tax is estimated at the standard rate; your invoice has the exact amount.',
  })
}, 180_000)
