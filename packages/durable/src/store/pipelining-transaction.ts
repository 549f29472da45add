import type { Statement } from './statement.js'
import type { Rows, StoreTransaction } from './store.js'

/** A statement whose answer nobody waits for: it goes with the one that is asked for next, or with the commit. */
export interface PipelinedStatement extends Statement {
  /** Called before the transaction resolves. */
  readonly onAnswer: (answer: Rows<object>) => void
  /** Called when the statement has come to nothing; what it returns is what the transaction fails with. */
  readonly onFailure: (error: unknown) => unknown
}

/**
 * A transaction of a store, which can be asked without waiting. It fails when one of these statements does, whatever the
 * work makes of it: whoever asked has gone on, and would not hear of it.
 */
export abstract class PipeliningTransaction implements StoreTransaction {
  #isCommitted = false

  /** Whether it is known to be committed. Before its end, rolled back, or with a commit that was not answered, it is not. */
  get isCommitted(): boolean {
    return this.#isCommitted
  }

  protected committed(): void {
    this.#isCommitted = true
  }

  abstract query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: unknown[],
  ): Promise<Rows<Row>>

  abstract pipeline(statement: PipelinedStatement): void
}

/** The same transaction, in which whoever asks waits for the answer: for parts of a work that fail each by itself. */
export const withoutPipeline = (transaction: StoreTransaction): StoreTransaction => ({
  query: async (text, values) => await transaction.query(text, values),
})
