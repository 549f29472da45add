import { readHorizon } from '../brokers/postgres/queries/read-horizon.js'
import type { EventTypes } from '../outbox/event-type.js'
import { isTransient } from '../store/is-transient.js'
import type { Store } from '../store/store.js'
import { refuseEarlier } from './next-generation.js'
import { deleteGroup } from '../events/queries/delete-group.js'
import { definitionOf, dropTable, groupOf } from './queries/create-table.js'
import { hasHandled } from './queries/has-handled.js'
import { knownGenerations } from './queries/known-generations.js'
import { serveTable } from './queries/serve-table.js'
import { lockModel, putGeneration, servedGeneration } from './queries/served-generation.js'
import type { ReadModel } from './read-model.js'

const LOOK_MS = 50
/** While others write there is always something that is not handled yet: this old it may be. */
const BEHIND_MS = 2_000

export interface Swap {
  readonly generation: number
  readonly lingerMs?: number
  readonly onError?: (error: unknown) => void
}

/**
 * Waits until a generation has caught up, then serves it and drops those before it, in one transaction. Where that one meets
 * somebody who holds what it needs, it lets go of everything, so that nobody waits behind it for long, and tries again.
 * Resolves to false when the generation was dropped meanwhile though no later one is served.
 *
 * @throws {Error} when it has given up on an event: what is read has its row, and this one has not
 */
export async function swapGeneration<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
  swap: Swap,
): Promise<boolean> {
  for (;;) {
    const end = await catchUp(store, model, swap)
    if (end !== 'caught-up') return end === 'overtaken'
    try {
      return await takePlace(store, model, swap.generation)
    } catch (error) {
      if (!isTransient(error)) throw error
      swap.onError?.(error)
      await pause()
    }
  }
}

/** A later generation may be served already, and this one dropped as it was; or somebody took it for abandoned. */
async function catchUp<Types extends EventTypes>(
  store: Store,
  { name, topic }: ReadModel<Types>,
  { generation, lingerMs = 0 }: Swap,
): Promise<'caught-up' | 'overtaken' | 'dropped'> {
  const group = groupOf(name, generation)
  for (;;) {
    const since = performance.now()
    const horizon = await readHorizon(store)
    for (;;) {
      const { isDone, dead } = await hasHandled(store, { model: name, group, topic: topic.name }, horizon)
      if (dead !== undefined)
        throw new Error(
          `cannot serve read model ${name}: project must take every event that the one that is read has taken, got event ${dead}`,
        )
      if (isDone) break
      if (((await servedGeneration(store, name))?.generation ?? 0) > generation) return 'overtaken'
      if ((await definitionOf(store, name, generation)) === undefined) return 'dropped'
      await pause()
    }
    if (performance.now() - since <= BEHIND_MS + lingerMs) return 'caught-up'
  }
}

async function takePlace<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
  generation: number,
): Promise<boolean> {
  const { name, definition } = model
  return await store.transaction(async (transaction) => {
    await lockModel(transaction, name)
    const current = await servedGeneration(transaction, name)
    // Whoever builds the same, or a later one, was faster.
    if (current === undefined || current.generation >= generation) return true
    if ((await definitionOf(transaction, name, generation)) === undefined) return false
    await refuseEarlier(transaction, model)
    const before = (await knownGenerations(transaction, name)).filter((known) => known < generation)
    // Consumers lock their positions, then write: in the same order, nobody waits for one who waits for him.
    for (const earlier of before) await deleteGroup(transaction, groupOf(name, earlier))
    await serveTable(transaction, model, generation)
    await putGeneration(transaction, name, { generation, definition })
    for (const earlier of before) await dropTable(transaction, name, earlier)
    return true
  })
}

const pause = async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}
