import { lateCommitError, lateTransactionError } from '../errors.js'
import type { StoreTransaction } from '../store.js'
import { ClientTransaction } from './client-transaction.js'
import type { LentClient } from './connections.js'

/** The run of a transaction on a connection, from its begin to its commit or rollback. */
export class RunningTransaction {
  readonly #lent: LentClient
  readonly #transaction: ClientTransaction
  readonly #deadlineMs: number
  #failure: { readonly error: unknown } | undefined

  constructor(lent: LentClient, deadlineMs: number) {
    this.#lent = lent
    this.#deadlineMs = deadlineMs
    // The database ends what we would not: this process may be stopped, or gone without a word.
    const limitMs = Math.ceil(deadlineMs)
    this.#transaction = new ClientTransaction(lent.client, [
      'begin',
      `set local statement_timeout = ${limitMs}`,
      `set local idle_in_transaction_session_timeout = ${limitMs}`,
    ])
  }

  async run<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result> {
    const transaction = this.#transaction
    try {
      const result = await work(transaction)
      await transaction.commit()
      return result
    } catch (error) {
      this.#failure = { error }
      await transaction.abandon()
      // A connection that does not even roll back is of no use, and says less than the error that ended the work.
      if (transaction.hasBegun)
        await this.#lent.client.query('rollback').catch(() => (this.#lent.isBroken = true))
      throw error
    }
  }

  /** What is said when the deadline passes. The commit is not sent after that; one that was sent runs to its end. */
  giveUp(): { readonly error: unknown; readonly isToStop: boolean } {
    if (this.#failure !== undefined) return { ...this.#failure, isToStop: true }
    const { isCommitSent } = this.#transaction
    if (isCommitSent) return { error: lateCommitError(this.#deadlineMs), isToStop: false }
    void this.#transaction.abandon()
    return { error: lateTransactionError(this.#deadlineMs), isToStop: true }
  }
}
