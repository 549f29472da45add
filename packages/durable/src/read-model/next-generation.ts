import { membersAtWork } from '../events/queries/members-at-work.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { Store, StoreTransaction } from '../store/store.js'
import { createTable, definitionOf, dropGeneration, groupOf } from './queries/create-table.js'
import { knownGenerations } from './queries/known-generations.js'
import { servedVersion, serveTable } from './queries/serve-table.js'
import { lockModel, putGeneration, servedGeneration } from './queries/served-generation.js'
import { versionOf, type ReadModel } from './read-model.js'

export interface NextGeneration {
  readonly generation: number
  /** Whether it is read already, so that nothing has to take its place. */
  readonly isServed: boolean
}

/**
 * The generation to work on: the served one if it is of this definition, the first, or the one after. What nobody works on
 * goes: it would hold the outbox back for ever.
 *
 * @throws {Error} when a later version is served
 */
export async function nextGeneration<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
): Promise<NextGeneration> {
  return await store.transaction(async (transaction) => {
    await lockModel(transaction, model.name)
    const current = await servedGeneration(transaction, model.name)
    if (current?.definition === model.definition) {
      await dropAbandoned(transaction, model.name, current.generation)
      return { generation: current.generation, isServed: true }
    }
    await refuseEarlier(transaction, model)
    const generation = await unfinished(transaction, model, (current?.generation ?? 0) + 1)
    if (current !== undefined) return { generation, isServed: false }
    await serveTable(transaction, model, generation)
    await putGeneration(transaction, model.name, { generation, definition: model.definition })
    return { generation, isServed: true }
  })
}

/**
 * A process of the code before that starts again meanwhile must not take from the new one what it reads.
 *
 * @throws {Error} when a later version is served
 */
export async function refuseEarlier<Types extends EventTypes>(
  transaction: StoreTransaction,
  model: ReadModel<Types>,
): Promise<void> {
  const served = await servedVersion(transaction, model.name)
  const version = versionOf(model)
  if (served === undefined || version >= served) return
  throw new Error(
    `cannot serve read model ${model.name}: version must be >= ${served}, which is served, got ${version}; to go back to what it was, give that a higher version`,
  )
}

/** Whether a generation is there to be worked on: nobody drops it before the transaction ends. */
export async function isWanted<Types extends EventTypes>(
  transaction: StoreTransaction,
  model: ReadModel<Types>,
  generation: number,
): Promise<boolean> {
  await lockModel(transaction, model.name)
  return (await definitionOf(transaction, model.name, generation)) === model.definition
}

/** Drops a generation that has failed to take its place, unless others are at work on it or it is read by now. */
export async function abandonGeneration(store: Store, name: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await lockModel(transaction, name)
    const current = await servedGeneration(transaction, name)
    if (current !== undefined) await dropAbandoned(transaction, name, current.generation)
  })
}

/** Before the served one, whatever there is; after it, what nobody builds. */
async function dropAbandoned(transaction: StoreTransaction, name: string, served: number): Promise<void> {
  for (const generation of await knownGenerations(transaction, name)) {
    if (generation === served) continue
    if (generation > served && (await membersAtWork(transaction, groupOf(name, generation))).count > 0)
      continue
    await dropGeneration(transaction, name, generation)
  }
}

/**
 * The generation that builds this definition, from `first` on: one that somebody builds, or began to build, is joined; those
 * of other definitions are left alone.
 */
async function unfinished<Types extends EventTypes>(
  transaction: StoreTransaction,
  model: ReadModel<Types>,
  first: number,
): Promise<number> {
  for (let generation = first; ; generation++) {
    const definition = await definitionOf(transaction, model.name, generation)
    if (definition === undefined) await createTable(transaction, model, generation)
    if (definition === undefined || definition === model.definition) return generation
  }
}
