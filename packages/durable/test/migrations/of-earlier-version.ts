import type { StoreTransaction } from '../../src/store/store.js'

const shift = / \+ \(\s*select case when max\(origin\.xmin[^]*?as origin\)/g

/** Statements as they were before a log knew where it comes from: what a process of an earlier version sends. */
export function ofEarlierVersion<Database extends StoreTransaction>(database: Database): Database {
  const query: StoreTransaction['query'] = (text, values) =>
    database.query(text.replaceAll(shift, ''), values)
  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'query') return query
      const value: unknown = Reflect.get(target, name)
      if (name !== 'transaction') return typeof value === 'function' ? (value.bind(target) as unknown) : value
      return (work: (transaction: StoreTransaction) => Promise<unknown>, options: unknown) =>
        (value as (...given: unknown[]) => unknown).call(
          target,
          (transaction: StoreTransaction) => work(ofEarlierVersion(transaction)),
          options,
        )
    },
  })
}
