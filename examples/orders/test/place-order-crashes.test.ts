import type { SagaDefinition } from '@watertight/durable'
import { expect, test } from 'vitest'
import { exploreCrashes } from '../../../packages/durable/test/saga/explore-crashes.js'
import type { OrderStore } from '../src/order/order-store.js'
import { placeOrderSaga } from '../src/order/place-order.js'
import type { Callees } from '../src/order/steps.js'

/** Nothing is asked: what is walked is what may become of whatever they answer. */
const nobody = {} as Callees
const nowhere = {} as OrderStore

test.each([1, 2, 3] as const)(
  'a checkout of version %d: wherever its process dies, and whichever answer is lost, all is done, or all undone, each effect once',
  (version) => {
    const definition = placeOrderSaga(nobody, nowhere, version) as SagaDefinition
    const { nodes, parked, wrong } = exploreCrashes(definition, {
      crashes: 1,
      lostAnswers: 1,
      cancellations: 1,
    })
    expect(nodes).toBeGreaterThan(300)
    expect({ parked, wrong: wrong.slice(0, 5) }).toEqual({ parked: 0, wrong: [] })
  },
)
