import { transactionNumbers } from '../../../outbox/queries/transaction-numbers.js'
import type { Store } from '../../../store/store.js'

const text = `select ${transactionNumbers.horizon}::text as transaction`

/** The oldest transaction that still runs: what is published from now on is of it or of a later one. */
export async function readHorizon(store: Store): Promise<number> {
  return Number((await store.query<{ transaction: string }>(text)).rows[0]?.transaction)
}
