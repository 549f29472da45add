import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinChoreography } from '../src/choreography/join-choreography.js'
import type { Store } from '../src/store/store.js'
import { ChoreographedShop, choreographyStore } from './choreography/choreographed-shop.js'
import { choreographyContract } from './choreography/choreography-contract.js'

let store: Store
beforeAll(async () => {
  store = await choreographyStore()
})
afterAll(() => store.close())

choreographyContract(() => store)

test('a service that cannot undo its step takes no part where it must', async () => {
  const { placeOrder } = new ChoreographedShop('refused')
  const run = async () => {}
  await expect(joinChoreography(store, placeOrder, { step: 'charge', run })).rejects.toThrow(
    'cannot create participant: compensate must be a function, since step charge of refused can be undone, got undefined',
  )
  await expect(joinChoreography(store, placeOrder, { step: 'ship', run, compensate: run })).rejects.toThrow(
    'compensate must be absent, since step ship of refused cannot be undone',
  )
  await expect(joinChoreography(store, placeOrder, { step: 'shipp', run })).rejects.toThrow(
    'step must be one of',
  )
})
