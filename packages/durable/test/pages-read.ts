import type { Rows, Store, StoreTransaction, TransactionOptions } from '../src/store/store.js'

/** What each statement read, by its text: the pages of tables and indexes that it looked at, at the most. */
export type PagesRead = Map<string, number>

const explainable = /^\s*(with|select|insert|update|delete)\b/i

/**
 * The same store, which asks the database of every statement how many pages it looks at, before it runs it. That is what
 * a statement costs that wades through what is done, on a fast machine and on a slow one.
 */
export function countingPages(store: Store, pages: PagesRead): Store {
  const counted = (transaction: StoreTransaction): StoreTransaction => ({
    query: async <Row extends object>(text: string, values: unknown[] = []): Promise<Rows<Row>> => {
      if (explainable.test(text)) {
        // Twice, since a connection that meets a function for the first time looks up all that its statements name.
        const first = await pagesOf(transaction, text, values)
        const read = Math.min(first, await pagesOf(transaction, text, values))
        pages.set(text, Math.max(read, pages.get(text) ?? 0))
      }
      return await transaction.query<Row>(text, values)
    },
  })
  const transaction = async <Result>(
    work: (inner: StoreTransaction) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result> => await store.transaction((inner) => work(counted(inner)), options)
  return {
    kind: store.kind,
    query: async (text, values) => await transaction((inner) => inner.query(text, values)),
    transaction,
    atOnce: (...work) => store.atOnce(...work),
    listen: (channel, onNotification) => store.listen(channel, onNotification),
    close: (options) => store.close(options),
  }
}

async function pagesOf(transaction: StoreTransaction, text: string, values: unknown[]): Promise<number> {
  // It does what it is asked, so that is taken back.
  await transaction.query('savepoint counting')
  const { rows } = await transaction.query<{ 'QUERY PLAN': [{ Plan: Buffers }] }>(
    `explain (analyze, buffers, timing off, format json) ${text}`,
    values,
  )
  await transaction.query('rollback to savepoint counting')
  const plan = rows[0]!['QUERY PLAN'][0].Plan
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}

interface Buffers {
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
}
