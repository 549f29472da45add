import { startConsumer, type ConsumeOptions, type StartedConsumer } from '../events/consume.js'
import { EndedGroupError } from '../events/errors.js'
import { waitForGroup } from '../events/wait-until-handled.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { PublishedPosition } from '../outbox/published-position.js'
import { lastOfKey } from '../outbox/queries/last-of-key.js'
import type { Store } from '../store/store.js'
import { isWanted, abandonGeneration, nextGeneration, type NextGeneration } from './next-generation.js'
import { groupOf } from './queries/create-table.js'
import { servedGeneration } from './queries/served-generation.js'
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
 * while others write. This resolves then; the earlier generation is served meanwhile, by those who run it. They stop by
 * themselves afterwards, and what they were asked to wait for they await of the one that is read.
 *
 * @throws {StoreError} when the database does not answer
 * @throws {Error} when a later version is served, when the model gives up on an event that the one that is read has taken, or when
 *   somebody's own view needs a column that it loses
 */
export async function serveReadModel<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
  options: ServeOptions = {},
): Promise<ServedReadModel> {
  for (;;) {
    const next = await nextGeneration(store, model)
    const started = await startServing(store, model, next, options)
    if (started !== undefined) return served(store, model, next.generation, started)
  }
}

/** Resolves to none when somebody took the generation for abandoned before its first sign of life. */
async function startServing<Types extends EventTypes>(
  store: Store,
  model: ReadModel<Types>,
  { generation, isServed }: NextGeneration,
  options: ServeOptions,
): Promise<StartedConsumer | undefined> {
  const started = await startConsumer(
    store,
    { ...options, ...projection(model, generation) },
    { areIndependent: true, mayBegin: (transaction) => isWanted(transaction, model, generation) },
  ).catch((error: unknown) => {
    if (error instanceof EndedGroupError) return undefined
    throw error
  })
  if (isServed || started === undefined) return started
  try {
    if (await swapGeneration(store, model, { generation, ...options })) return started
    await started.consumer.close()
    return undefined
  } catch (error) {
    await started.consumer.close()
    // The failure is what is told of; the next who serves the model drops what is left.
    await abandonGeneration(store, model.name).catch(() => {})
    throw error
  }
}

function served<Types extends EventTypes>(
  store: Store,
  { name, topic }: ReadModel<Types>,
  generation: number,
  { consumer, hurry }: StartedConsumer,
): ServedReadModel {
  // Another one may have taken its place since: what is read then is what that one has come to.
  const readGroup = async (): Promise<string> =>
    groupOf(name, (await servedGeneration(store, name))?.generation ?? generation)
  const waitFor: ServedReadModel['waitFor'] = async (published, { deadlineMs = 5_000 } = {}) => {
    await waitForGroup(store, published, { group: await readGroup(), deadlineMs, hurry })
  }
  return {
    waitFor,
    waitForKey: async (key, options) => {
      const last = await lastOfKey(store, topic.name, key, await readGroup())
      if (last !== undefined) await waitFor([{ topic: topic.name, ...last }], options)
    },
    close: async () => {
      await consumer.close()
    },
  }
}
