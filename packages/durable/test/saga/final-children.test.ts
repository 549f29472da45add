import { expect, test } from 'vitest'
import { saga } from '../../src/saga/index.js'

test('a child that cannot be undone is followed by nothing that can fail: it would be asked to undo itself for ever', () => {
  const undoable = { run: () => null, compensate: () => {} }
  const shipping = saga('shipping')
    .step('pack', undoable)
    .step('send', { run: () => null })
    .build()
  const placeOrder = saga('place-order')
    .child('shipping', { saga: shipping, input: () => null })
    .step('charge', { ...undoable, refusals: ['card-declined'] })
  expect(() => placeOrder.build()).toThrow(
    "cannot create saga place-order: step shipping must have compensate, as must each step of a child, or effect: 'none', " +
      'because charge can fail when it is done, got neither',
  )
})
