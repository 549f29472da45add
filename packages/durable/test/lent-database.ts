import { closedError } from '../src/store/errors.js'
import type { Store } from '../src/store/store.js'

/** What whoever leaves a database may have made: schemas of its own, and what stands in the one that all begin with. */
const emptying = `do $$ declare name text; begin
  for name in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute format('drop schema %I cascade', name);
  end loop;
  create schema public;
end $$`

/**
 * One embedded database of a process of tests, lent to one file after the other: to start one takes more than a second of
 * processor time. Each gets it empty, and with a session in which nothing is set.
 */
export class LentDatabase {
  readonly #open: () => Store
  #database: Store | undefined
  #borrower: Store | undefined

  constructor(open: () => Store) {
    this.#open = open
  }

  /** A store with nothing in it, until it is closed. The database goes with the process. */
  async lend(): Promise<Store> {
    if (this.#borrower !== undefined) throw new Error('the database is lent already: close the store first')
    const database = (this.#database ??= this.#open())
    const borrower = new BorrowedStore(database, () => (this.#borrower = undefined))
    this.#borrower = borrower
    await database.query(emptying)
    await database.query('discard all')
    return borrower
  }
}

/** The database as one borrower has it: when that closes it, it is closed for that one alone. */
class BorrowedStore implements Store {
  readonly kind: Store['kind']
  readonly #database: Store
  readonly #giveBack: () => void
  readonly #unlistens = new Set<() => Promise<void>>()
  #isClosed = false

  constructor(database: Store, giveBack: () => void) {
    this.kind = database.kind
    this.#database = database
    this.#giveBack = giveBack
  }

  query: Store['query'] = async (...statement) => await this.#open.query(...statement)
  transaction: Store['transaction'] = async (...work) => await this.#open.transaction(...work)
  atOnce: Store['atOnce'] = async (...work) => await this.#open.atOnce(...work)

  listen: Store['listen'] = async (...to) => {
    const unlisten = await this.#open.listen(...to)
    this.#unlistens.add(unlisten)
    return unlisten
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const unlisten of this.#unlistens) await unlisten()
    // Its turn comes when whatever else was asked of the database has ended.
    await this.#database.query('select 1')
    this.#giveBack()
  }

  get #open(): Store {
    if (this.#isClosed) throw closedError('use a store that was lent')
    return this.#database
  }
}
