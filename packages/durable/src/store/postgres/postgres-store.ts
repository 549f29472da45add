import { checkOptions } from '@watertight/policy/options'
import type pg from 'pg'
import { sendAtOnce } from '../at-once.js'
import { closedError, unansweredError } from '../errors.js'
import type { QueryOptions, Rows, Store, StoreTransaction, TransactionOptions } from '../store.js'
import { Connections, type LentClient } from './connections.js'
import { Listener } from './listener.js'
import { postgresRules } from '../store-rules.js'
import { RunningTransaction } from './running-transaction.js'
import { StatementBatch } from './statement-batch.js'
import { untilNotRefused } from './until-not-refused.js'

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; a host may be a pooler in transaction mode. */
  readonly url: string
  /** Default 10. */
  readonly connectionsMax?: number
  /** For one statement, the wait for a connection included. Default 30 s. */
  readonly queryDeadlineMs?: number
  /** For a whole transaction. Default 60 s. */
  readonly transactionDeadlineMs?: number
  /**
   * Where notifications are listened for: a URL that leads to the database itself when `url` leads to a pooler in
   * transaction mode, or false to do without. Default: `url`.
   */
  readonly listenUrl?: string | false
}

/**
 * A store on Postgres 13 or later. It keeps nothing in a session: no prepared statement has a name, every setting is local
 * to its transaction, so that it works behind a pooler in transaction mode.
 */
export class PostgresStore implements Store {
  readonly kind = 'postgres'
  readonly #connections: Connections
  readonly #queryDeadlineMs: number
  readonly #transactionDeadlineMs: number
  readonly #listener: Listener | undefined
  #closed: Promise<void> | undefined

  /** @throws {OptionError} when an option is unknown or out of its range */
  constructor(options: PostgresStoreOptions) {
    checkOptions('store', options, postgresRules)
    this.#queryDeadlineMs = options.queryDeadlineMs ?? 30_000
    this.#transactionDeadlineMs = options.transactionDeadlineMs ?? 60_000
    this.#connections = new Connections(options.url, options.connectionsMax ?? 10)
    const listenUrl = options.listenUrl ?? options.url
    this.#listener = listenUrl === false ? undefined : new Listener(listenUrl)
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
    { deadlineMs = this.#queryDeadlineMs }: QueryOptions = {},
  ): Promise<Rows<Row>> {
    return await this.#send('run a statement', deadlineMs, ({ client }) => client.query<Row>(text, values))
  }

  async transaction<Result>(
    work: (transaction: StoreTransaction) => Promise<Result>,
    { deadlineMs = this.#transactionDeadlineMs }: TransactionOptions = {},
  ): Promise<Result> {
    const action = 'run a transaction'
    if (this.#closed !== undefined) throw closedError(action)
    let running: RunningTransaction | undefined
    return await this.#connections.lend({
      action,
      deadlineMs,
      run: async (lent) => {
        running = new RunningTransaction(lent, deadlineMs)
        return await running.run(work)
      },
      giveUp: () => running!.giveUp(),
    })
  }

  async atOnce<const Results extends readonly unknown[]>(
    work: (transaction: StoreTransaction) => { readonly [Index in keyof Results]: Promise<Results[Index]> },
    { deadlineMs = this.#queryDeadlineMs }: QueryOptions = {},
  ): Promise<Results> {
    if (this.#closed !== undefined) throw closedError('run statements')
    return await sendAtOnce(work, (statements) =>
      this.#send('run statements', deadlineMs, async (lent) => {
        const batch = new StatementBatch(statements)
        lent.client.query(batch as unknown as pg.Submittable)
        return await batch.answers.finally(() => (lent.isBroken = batch.hasLostStep))
      }),
    )
  }

  async listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>> {
    if (this.#closed !== undefined) throw closedError('listen')
    return (await this.#listener?.listen(channel, onNotification)) ?? (async () => {})
  }

  async close({ deadlineMs = 10_000 }: QueryOptions = {}): Promise<void> {
    this.#closed ??= this.#end(deadlineMs)
    await this.#closed
  }

  async #end(deadlineMs: number): Promise<void> {
    await Promise.all([this.#listener?.close(deadlineMs), this.#connections.close(deadlineMs)])
  }

  /** Sends what is a transaction by itself, so that nothing of it is left when it is refused. */
  async #send<Answer>(
    action: string,
    deadlineMs: number,
    run: (lent: LentClient) => Promise<Answer>,
  ): Promise<Answer> {
    return await untilNotRefused(deadlineMs, async (leftMs) => {
      if (this.#closed !== undefined) throw closedError(action)
      return await this.#connections.lend({
        action,
        deadlineMs: leftMs,
        run,
        giveUp: () => ({ error: unansweredError(action, deadlineMs), isToStop: true }),
      })
    })
  }
}
