import pg from 'pg'
import { sendAtOnce } from '../at-once.js'
import { closedError, deadlineError, noConnectionError } from '../errors.js'
import type { QueryOptions, Rows, Store, StoreTransaction, TransactionOptions } from '../store.js'
import { withinDeadline } from '../within-deadline.js'
import { ClientTransaction } from './client-transaction.js'
import { Listener } from './listener.js'
import { StatementBatch } from './statement-batch.js'

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
  readonly #pool: pg.Pool
  readonly #queryDeadlineMs: number
  readonly #transactionDeadlineMs: number
  readonly #listener: Listener | undefined
  #closed: Promise<void> | undefined

  constructor(options: PostgresStoreOptions) {
    this.#queryDeadlineMs = options.queryDeadlineMs ?? 30_000
    this.#transactionDeadlineMs = options.transactionDeadlineMs ?? 60_000
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.connectionsMax ?? 10,
      allowExitOnIdle: true,
    })
    // A connection that breaks while nobody waits for it would end the process by an event that nobody hears.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
    const listenUrl = options.listenUrl ?? options.url
    this.#listener = listenUrl === false ? undefined : new Listener(listenUrl)
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
    { deadlineMs = this.#queryDeadlineMs }: QueryOptions = {},
  ): Promise<Rows<Row>> {
    if (this.#closed !== undefined) throw closedError('run a statement')
    return await this.#onClient(deadlineMs, 'run a statement', ({ client }) =>
      client.query<Row>(text, values),
    )
  }

  async transaction<Result>(
    work: (transaction: StoreTransaction) => Promise<Result>,
    { deadlineMs = this.#transactionDeadlineMs }: TransactionOptions = {},
  ): Promise<Result> {
    if (this.#closed !== undefined) throw closedError('run a transaction')
    return await this.#onClient(deadlineMs, 'run a transaction', async (lent) => {
      const { client } = lent
      // The database ends what we would not: this process may be stopped, or gone without a word.
      const limitMs = Math.ceil(deadlineMs)
      const transaction = new ClientTransaction(client, [
        'begin',
        `set local statement_timeout = ${limitMs}`,
        `set local idle_in_transaction_session_timeout = ${limitMs}`,
      ])
      try {
        const result = await work(transaction)
        await transaction.commit()
        return result
      } catch (error) {
        await transaction.abandon()
        // A connection that does not even roll back is of no use, and says less than the error that ended the work.
        if (transaction.hasBegun) await client.query('rollback').catch(() => (lent.isBroken = true))
        throw error
      }
    })
  }

  async atOnce<const Results extends readonly unknown[]>(
    work: (transaction: StoreTransaction) => { readonly [Index in keyof Results]: Promise<Results[Index]> },
    { deadlineMs = this.#queryDeadlineMs }: QueryOptions = {},
  ): Promise<Results> {
    if (this.#closed !== undefined) throw closedError('run statements')
    return await sendAtOnce(work, (statements) =>
      this.#onClient(deadlineMs, 'run statements', async ({ client }) => {
        const batch = new StatementBatch(statements)
        client.query(batch as unknown as pg.Submittable)
        return await batch.answers
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
    await this.#listener?.close()
    await withinDeadline(this.#pool.end(), deadlineMs, () => deadlineError('close the store', deadlineMs))
  }

  async #onClient<Result>(
    deadlineMs: number,
    action: string,
    work: (lent: LentClient) => Promise<Result>,
  ): Promise<Result> {
    const startedAt = performance.now()
    let isGivenUp = false
    const client = await withinDeadline(
      this.#connect(() => isGivenUp),
      deadlineMs,
      () => {
        isGivenUp = true
        return noConnectionError(action, deadlineMs, this.#connectionsInUse())
      },
    )
    const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt))
    const lent: LentClient = { client, isBroken: false }
    try {
      return await withinDeadline(work(lent), leftMs, () => {
        // A connection whose statement still runs is of no use to the next one.
        lent.isBroken = true
        return deadlineError(action, deadlineMs)
      })
    } finally {
      client.release(lent.isBroken)
    }
  }

  /** A connection that comes after whoever asked for it has given up goes back at once. */
  async #connect(isGivenUp: () => boolean): Promise<pg.PoolClient> {
    const client = await this.#pool.connect()
    if (isGivenUp()) client.release()
    return client
  }

  /** Undefined while more may be made. */
  #connectionsInUse(): number | undefined {
    const { totalCount, idleCount, options } = this.#pool
    return totalCount - idleCount >= options.max ? options.max : undefined
  }
}

interface LentClient {
  readonly client: pg.PoolClient
  /** Closed when it comes back, not lent again. */
  isBroken: boolean
}
