/**
 * What a statement can be run on: a client of `pg` inside a transaction, a transaction of PGlite, a transaction of a
 * store. Whatever must be written together with your own data takes one of these.
 *
 * Values are passed as text, number, boolean, null or an array of them; results are read by name.
 */
export interface Transaction {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** Rows of a statement, by column name. */
export interface Rows<Row> {
  readonly rows: Row[]
}

export interface StoreTransaction {
  query<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Rows<Row>>
}

export interface QueryOptions {
  /**
   * How long to wait for a connection and the answer, together. What was sent by then is stopped where that is possible, and may
   * have happened all the same. Default: what the store was opened with.
   */
  readonly deadlineMs?: number
}

export interface TransactionOptions {
  /** How long the whole may take, the wait for a connection included. Default: what the store was opened with. */
  readonly deadlineMs?: number
}

/** A Postgres, embedded or real: everything durable is kept behind this. */
export interface Store {
  readonly kind: 'pglite' | 'postgres'
  /** Runs one statement in a transaction of its own. */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: unknown[],
    options?: QueryOptions,
  ): Promise<Rows<Row>>
  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects or the deadline passes before the commit.
   *
   * @throws {StoreError} with code `WT_STORE_DEADLINE` when the deadline passed before the commit: nothing of it is kept
   * @throws {StoreError} with code `WT_STORE_COMMIT_UNKNOWN` when the connection was lost or the deadline passed while
   *   committing: the transaction may have happened, or may yet
   * @throws {StoreError} with code `WT_STORE_ABORTED` when `work` resolved although one of its statements had failed, so
   *   that there was nothing left to commit
   */
  transaction<Result>(
    work: (transaction: StoreTransaction) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>
  /**
   * Runs a transaction of statements that do not depend on one another's answers: they are sent together, in one round trip,
   * and committed together or not at all. `work` asks for all of them in one go, such as
   * `(transaction) => [publish(transaction, orders, event), transaction.query(text)]`; resolves to what these come to.
   *
   * @throws {StoreError} with code `WT_STORE_ABORTED` when one of them waits for the answer to another, and so comes too late
   */
  atOnce<const Results extends readonly unknown[]>(
    work: (transaction: StoreTransaction) => { readonly [Index in keyof Results]: Promise<Results[Index]> },
    options?: QueryOptions,
  ): Promise<Results>
  /**
   * Calls `onNotification` when something is notified on `channel`. A hint, nothing more: it is lost while a connection is
   * down and never comes through a pooler in transaction mode, so whoever listens must poll too. Resolves to how to stop.
   */
  listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>>
  /** Lets what is running end, up to `deadlineMs` (default 10 s), then closes every connection. */
  close(options?: QueryOptions): Promise<void>
}
