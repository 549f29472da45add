import { expect } from 'vitest'
import { lockMonitored } from '../../src/choreography/queries/monitored-row.js'
import type { Store } from '../../src/store/store.js'
import { drain } from '../scene.js'
import { ChoreographedShop, type Placed } from './choreographed-shop.js'
import { mortalStore, type Death } from './mortal-store.js'

/** How each order ends, whoever dies on the way. */
const ends = {
  good: { status: 'done', effects: ['reserved', 'charged', 'shipped stock of ID'] },
  declined: { status: 'compensated', effects: ['reserved', 'released stock of ID'] },
} as const

/** One order in a shop whose processes die at a statement and are started again. False when they have ended before it. */
export async function dieAndGoOn(store: Store, card: Placed['card'], death: Death): Promise<boolean> {
  const id = `${card}-${death.when}-${death.at}`
  const shop = new ChoreographedShop('crashing')
  const mortal = mortalStore(store, death)
  try {
    await shop.begin(mortal, id, { card })
    await drain(...(await shop.members(mortal)))
  } catch (error) {
    if (!mortal.isDead) throw error
  }
  await shop.loseMembers(store)
  // Whoever does not know whether it has begun begins it again.
  await shop.begin(store, id, { card })
  await drain(...(await shop.members(store)))
  const { status, effects } = ends[card]
  const seen = await store.transaction((transaction) => lockMonitored(transaction, 'crashing', id))
  expect({ id, status: seen.status, effects: await shop.effects(store, id) }).toEqual({
    id,
    status,
    effects: effects.map((effect) => effect.replace('ID', id)),
  })
  await shop.loseMembers(store)
  return mortal.isDead
}
