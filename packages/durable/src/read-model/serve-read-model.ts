import { startConsumer, type ConsumeOptions, type StartedConsumer } from '../events/consume.js'
import { waitForGroup } from '../events/wait-until-handled.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { PublishedPosition } from '../outbox/published-position.js'
import { lastOfKey } from '../outbox/queries/last-of-key.js'
import type { Store, StoreTransaction } from '../store/store.js'
import { createTable, definitionOf, groupOf, serveTable } from './queries/create-table.js'
import { lockModel, putGeneration, servedGeneration } from './queries/served-generation.js'
import { projection } from './projection.js'
import type { ReadModel } from './read-model.js'
import { swapGeneration } from './swap-generation.js'

export type ServeOptions = Pick<
  ConsumeOptions<EventTypes>,
  'batchMax' | 'pollMs' | 'lingerMs' | 'leaseMs' | 'onError'
>

/** A read model that this process helps to keep up to date. Read it by `select ... from watertight.NAME`. */
export interface ServedReadModel {
  /** Resolves once what was published can be read. Default deadline 5 s. */
  waitFor(published: readonly PublishedPosition[], options?: { readonly deadlineMs?: number }): Promise<void>
  /**
   * Resolves once all can be read that was published under a key up to now, by whichever process: for whoever was told of it
   * elsewhere and must not read less here. Default deadline 5 s.
   */
  waitForKey(key: string, options?: { readonly deadlineMs?: number }): Promise<void>
  close(): Promise<void>
}

/**
 * Keeps a read model up to date. It is made when it is new; when its definition differs from the one that is served, a
 * further generation is built beside it from the first event that is kept, and takes its place once it has caught up, also
 * while others write. This resolves then; the earlier generation is served meanwhile, by those who run it.
 *
 * @throws {StoreError} when the database does not answer
 */
export async function serveReadModel<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
  options: ServeOptions = {},
): Promise<ServedReadModel> {
  const { generation, isNew } = await nextGeneration(store, model)
  const started = await startConsumer(
    store,
    { ...options, ...projection(model, generation) },
    { areIndependent: true },
  )
  try {
    if (!isNew) await swapGeneration(store, model, { generation, ...options })
  } catch (error) {
    await started.consumer.close()
    throw error
  }
  return served(store, { group: groupOf(model.name, generation), topic: model.topic.name, started })
}

interface Serving {
  readonly group: string
  readonly topic: string
  readonly started: StartedConsumer
}

function served(store: Store, { group, topic, started: { consumer, hurry } }: Serving): ServedReadModel {
  const waitFor: ServedReadModel['waitFor'] = async (published, { deadlineMs = 5_000 } = {}) => {
    await waitForGroup(store, published, { group, deadlineMs, hurry })
  }
  return {
    waitFor,
    waitForKey: async (key, options) => {
      const last = await lastOfKey(store, topic, key)
      if (last !== undefined) await waitFor([{ topic, ...last }], options)
    },
    close: async () => {
      await consumer.close()
    },
  }
}

/** The generation to work on: the served one if it is of this definition, the first, or the one after. */
async function nextGeneration<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
): Promise<{ generation: number; isNew: boolean }> {
  return await store.transaction(async (transaction) => {
    await lockModel(transaction, model.name)
    const current = await servedGeneration(transaction, model.name)
    if (current?.definition === model.definition) return { generation: current.generation, isNew: true }
    const generation = await unfinished(transaction, model, (current?.generation ?? 0) + 1)
    if (current !== undefined) return { generation, isNew: false }
    await serveTable(transaction, model.name, generation)
    await putGeneration(transaction, model.name, { generation, definition: model.definition })
    return { generation, isNew: true }
  })
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
