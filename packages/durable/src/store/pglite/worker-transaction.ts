import { abortedError, commitUnknownError, overError, StoreError } from '../errors.js'
import { PipeliningTransaction, type PipelinedStatement } from '../pipelining-transaction.js'
import type { Rows } from '../store.js'
import type { WorkerConnection } from './worker-connection.js'

/** A transaction in the embedded database. Statements are answered in their order, so none has to wait for another. */
export class WorkerTransaction extends PipeliningTransaction {
  readonly #connection: WorkerConnection
  readonly #isOver: () => boolean
  #hasEnded = false
  #isCommitSent = false
  #failure: { readonly error: unknown } | undefined

  constructor(connection: WorkerConnection, isOver: () => boolean) {
    super()
    this.#connection = connection
    this.#isOver = isOver
  }

  /** Whether the database may have committed it by now, whatever becomes of its thread. */
  get isCommitSent(): boolean {
    return this.#isCommitSent
  }

  override async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
  ): Promise<Rows<Row>> {
    this.#refuseLate()
    try {
      return { rows: (await this.#connection.ask({ type: 'query', text, values })) as Row[] }
    } catch (error) {
      // Of what was asked for before, the database says no more than that something has failed.
      throw this.#failure === undefined ? error : this.#failure.error
    }
  }

  override pipeline({ text, values, onAnswer, onFailure }: PipelinedStatement): void {
    this.#refuseLate()
    this.#connection.ask({ type: 'query', text, values }).then(
      (rows) => onAnswer({ rows: rows as object[] }),
      (error: unknown) => {
        const told = onFailure(error)
        this.#failure ??= { error: told }
      },
    )
  }

  /**
   * @throws {unknown} what one of the statements that nobody waited for has failed with
   * @throws {StoreError} see `Store.transaction`
   */
  async commit(): Promise<void> {
    this.#hasEnded = true
    try {
      // Postgres answers the commit of a failed transaction with a rollback and no error.
      await this.#connection.ask({ type: 'execute', text: 'select 1' })
    } catch (cause) {
      if (this.#failure !== undefined) throw this.#failure.error
      throw abortedError(cause)
    }
    if (this.#failure !== undefined) throw this.#failure.error
    // Whoever waited has been told that nothing of it is kept.
    if (this.#isOver()) throw overError()
    this.#isCommitSent = true
    await this.#connection.ask({ type: 'execute', text: 'commit' }).catch((error: unknown) => {
      // What the database says is an answer; of a thread that has ended nothing is known.
      throw error instanceof StoreError
        ? commitUnknownError('the thread of the embedded database ended during the commit', { cause: error })
        : error
    })
    this.committed()
  }

  /** A part of the work may go on that nobody waits for: what it writes from here on would be kept. */
  abandon(): void {
    this.#hasEnded = true
  }

  #refuseLate(): void {
    // There is one connection: who comes late must not write into the next transaction.
    if (this.#hasEnded || this.#isOver()) throw overError()
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
