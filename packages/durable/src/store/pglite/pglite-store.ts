import { checkOptions } from '@watertight/policy/options'
import { sendAtOnce } from '../at-once.js'
import {
  closedError,
  deadlineError,
  lateCommitError,
  lateTransactionError,
  unansweredError,
} from '../errors.js'
import { embeddedRules } from '../store-rules.js'
import { explainMissing } from '../explain-missing.js'
import type { QueryOptions, Rows, Store, StoreTransaction, TransactionOptions } from '../store.js'
import { withinDeadline } from '../within-deadline.js'
import { Turns } from './turns.js'
import { WorkerConnection } from './worker-connection.js'
import { WorkerTransaction } from './worker-transaction.js'

export interface PGliteStoreOptions {
  /** Where the data is kept; in memory, and gone with the process, without. One process at a time. */
  readonly folder?: string
  /** For one statement, the wait for the connection included. Default 30 s. */
  readonly queryDeadlineMs?: number
  /** For a whole transaction. Default 60 s. */
  readonly transactionDeadlineMs?: number
}

/**
 * A store in an embedded Postgres, which runs in a thread of its own. It has one connection: transactions run one after
 * the other, and a transaction that waits for a second one waits until its deadline.
 */
export class PGliteStore implements Store {
  readonly kind = 'pglite'
  readonly #connection: WorkerConnection
  readonly #turns = new Turns()
  readonly #listeners = new Map<string, Set<(payload: string) => void>>()
  readonly #queryDeadlineMs: number
  readonly #transactionDeadlineMs: number
  #closed: Promise<void> | undefined

  /** @throws {OptionError} when an option is unknown or out of its range */
  constructor(options: PGliteStoreOptions = {}) {
    checkOptions('store', options, embeddedRules)
    this.#queryDeadlineMs = options.queryDeadlineMs ?? 30_000
    this.#transactionDeadlineMs = options.transactionDeadlineMs ?? 60_000
    this.#connection = new WorkerConnection(options.folder, (channel, payload) => {
      for (const onNotification of this.#listeners.get(channel) ?? []) onNotification(payload)
    })
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
    { deadlineMs = this.#queryDeadlineMs }: QueryOptions = {},
  ): Promise<Rows<Row>> {
    return await this.#inTurn('run a statement', deadlineMs, async () => ({
      rows: (await this.#connection.ask({ type: 'query', text, values })) as Row[],
    }))
  }

  async transaction<Result>(
    work: (transaction: StoreTransaction) => Promise<Result>,
    { deadlineMs = this.#transactionDeadlineMs }: TransactionOptions = {},
  ): Promise<Result> {
    let transaction: WorkerTransaction | undefined
    const late = (): Error =>
      transaction?.isCommitSent === true ? lateCommitError(deadlineMs) : lateTransactionError(deadlineMs)
    const run = async (isOver: () => boolean, leftMs: number): Promise<Result> => {
      const running = new WorkerTransaction(this.#connection, isOver)
      transaction = running
      await this.#connection.ask({ type: 'execute', text: 'begin' })
      try {
        const result = await withinDeadline(work(running), leftMs, late)
        await running.commit()
        return result
      } catch (error) {
        running.abandon()
        // When the worker is gone the next statement says so; this caller is told what ended the work.
        await this.#connection.ask({ type: 'execute', text: 'rollback' }).catch(() => {})
        throw error
      }
    }
    return await this.#inTurn('run a transaction', deadlineMs, run, late)
  }

  async atOnce<const Results extends readonly unknown[]>(
    work: (transaction: StoreTransaction) => { readonly [Index in keyof Results]: Promise<Results[Index]> },
    { deadlineMs = this.#queryDeadlineMs }: QueryOptions = {},
  ): Promise<Results> {
    return await sendAtOnce(work, (statements) =>
      this.#inTurn('run statements', deadlineMs, async () => {
        const answers = await this.#connection.ask({ type: 'batch', statements })
        return (answers as never[][]).map((rows) => ({ rows }))
      }),
    )
  }

  async listen(channel: string, onNotification: (payload: string) => void): Promise<() => Promise<void>> {
    const known = this.#listeners.get(channel)
    const listeners = known ?? new Set<(payload: string) => void>()
    this.#listeners.set(channel, listeners.add(onNotification))
    if (known === undefined) {
      await this.#tell('listen', channel).catch((error: unknown) => {
        // Whoever listens next has to tell the database.
        this.#listeners.delete(channel)
        throw error
      })
    }
    return async () => {
      listeners.delete(onNotification)
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return
      this.#listeners.delete(channel)
      if (this.#closed === undefined) await this.#tell('unlisten', channel)
    }
  }

  async close({ deadlineMs = 10_000 }: QueryOptions = {}): Promise<void> {
    this.#closed ??= this.#end(deadlineMs)
    await this.#closed
  }

  async #end(deadlineMs: number): Promise<void> {
    const closing = async (): Promise<void> => {
      const endTurn = await this.#turns.take(deadlineMs, 'close the store')
      await this.#connection.ask({ type: 'close' })
      endTurn()
    }
    try {
      await withinDeadline(closing(), deadlineMs, () => deadlineError('close the store', deadlineMs))
    } finally {
      await this.#connection.terminate()
    }
  }

  async #tell(type: 'listen' | 'unlisten', channel: string): Promise<void> {
    await this.#inTurn(type, this.#queryDeadlineMs, () => this.#connection.ask({ type, channel }))
  }

  /** The turn ends when the work has ended, which may be after whoever asked for it has given up. */
  async #inTurn<Result>(
    action: string,
    deadlineMs: number,
    work: (isOver: () => boolean, leftMs: number) => Promise<Result>,
    late: () => Error = () => unansweredError(action, deadlineMs),
  ): Promise<Result> {
    if (this.#closed !== undefined) throw closedError(action)
    const startedAt = performance.now()
    const endTurn = await this.#turns.take(deadlineMs, action)
    const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt))
    let isOver = false
    const working = work(() => isOver, leftMs)
      .catch((error: unknown) => {
        throw explainMissing(error)
      })
      .finally(() => {
        isOver = true
        endTurn()
      })
    return await withinDeadline(working, leftMs, () => {
      isOver = true
      return late()
    })
  }
}
