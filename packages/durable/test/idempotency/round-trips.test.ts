import { expect, test } from 'vitest'
import { migrate, type Store } from '../../src/index.js'
import { emptyStore } from '../empty-store.js'
import { type CountedStore, holdRoundTrips } from './hold-round-trips.js'

/** Counts what goes to the database, a statement a round trip; what begins and ends a transaction is not among them. */
function counted(store: Store): CountedStore {
  let count = 0
  const query: Store['query'] = async (...statement) => {
    count += 1
    return await store.query(...statement)
  }
  const transaction: Store['transaction'] = async (work, options) =>
    await store.transaction(
      async (within) =>
        await work({
          query: async (...statement) => {
            count += 1
            return await within.query(...statement)
          },
        }),
      options,
    )
  const { kind } = store
  const taken = (): number => {
    const before = count
    count = 0
    return before
  }
  const seen: Store = {
    kind,
    query,
    transaction,
    atOnce: (...work) => store.atOnce(...work),
    listen: (...to) => store.listen(...to),
    close: (...options) => store.close(...options),
  }
  return { store: seen, taken }
}

test('a request with a key costs its database two round trips, and a repeated or refused one costs it one', async () => {
  const database = await emptyStore()
  await migrate(database)
  await expect(holdRoundTrips(counted(database))).resolves.toBeUndefined()
  await database.close()
})
