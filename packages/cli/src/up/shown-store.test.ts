import { readManifest } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { shownStore } from './shown-store.js'

function shown(lines: string): string | undefined {
  const text = `watertight: v1
system: shop
services:
  order: { store: shop }
  payment: { store: payments }
${lines}`
  const { system, problems } = readManifest(text, 'watertight.yaml')
  expect(problems).toEqual([])
  return shownStore((system as NonNullable<typeof system>).model)
}

const SAGA =
  'place-order: { service: order, steps: [{ name: charge, service: payment, compensate: POST /refunds }] }'

test('the console of a system with two databases shows the one in which its sagas are', () => {
  const stores = 'stores: { payments: embedded, shop: embedded, keys: redis }'
  expect(shown(`${stores}\nsagas: { ${SAGA} }`)).toBe('shop')
  expect(
    shown(
      `${stores}\nsagas: { ${SAGA}, pay-back: ${SAGA.replace(/^.*?: \{ service: order/, '{ service: payment')} }`,
    ),
  ).toBe(undefined)
  expect(shown(stores)).toBe(undefined)
})
