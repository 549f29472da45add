import type pg from 'pg'
import type { Statement } from '../statement.js'
import { joinCalls } from '../calls.js'
import { abortedError, overError } from '../errors.js'
import { PipeliningTransaction, type PipelinedStatement } from '../pipelining-transaction.js'
import type { Rows } from '../store.js'
import { asCommitError } from './as-commit-error.js'
import { StatementBatch } from './statement-batch.js'

/** A statement that waits to be sent. */
interface Asked extends PipelinedStatement {
  /** Whether somebody hears of its failure, and so may do without it. */
  readonly isAwaited: boolean
}

const COMMIT: Statement = { text: 'commit', values: [] }

/**
 * A transaction on a client of `pg`. Statements that are asked for in one turn of the event loop, none waiting for another,
 * go in one round trip, the first of them together with the begin, and the last together with the commit if nobody waits
 * for their answers.
 */
export class ClientTransaction extends PipeliningTransaction {
  readonly #client: pg.ClientBase
  readonly #beginning: readonly Statement[]
  #asked: Asked[] = []
  #hasBegun = false
  #hasEnded = false
  #isAbandoned = false
  #commit: StatementBatch | undefined
  #failure: { readonly error: unknown } | undefined
  #sending: Promise<unknown> = Promise.resolve()

  constructor(client: pg.ClientBase, beginning: readonly string[]) {
    super()
    this.#client = client
    this.#beginning = beginning.map((text) => ({ text, values: [] }))
  }

  /** Whether there is anything to take back. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Whether the database may have committed it by now, whatever becomes of the connection. */
  get isCommitSent(): boolean {
    return this.#commit?.isSent === true
  }

  override async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
  ): Promise<Rows<Row>> {
    return await new Promise<Rows<Row>>((resolve, reject) => {
      this.#ask({
        text,
        values,
        isAwaited: true,
        onAnswer: (answer) => resolve(answer as Rows<Row>),
        onFailure: (error) => {
          reject(error)
          return error
        },
      })
    })
  }

  override pipeline(statement: PipelinedStatement): void {
    this.#ask({ ...statement, isAwaited: false })
  }

  /**
   * Commits, together with what nobody waits for. Does nothing when nothing was asked for.
   *
   * @throws {unknown} what one of the statements that nobody waited for has failed with
   * @throws {StoreError} see `Store.transaction`
   */
  async commit(): Promise<void> {
    const last = this.#asked.splice(0)
    this.#hasEnded = true
    await this.#sending
    const failure = this.#isAbandoned ? { error: overError() } : this.#failure
    if (failure !== undefined) {
      for (const { onFailure } of last) onFailure(failure.error)
      throw failure.error
    }
    if (!this.#hasBegun && last.length === 0) return
    await this.#submit(last, [COMMIT])
    this.committed()
  }

  /**
   * Sends nothing from here on, not even the commit. A part of the work may go on that nobody waits for: it must not write into
   * the next transaction of the connection.
   */
  async abandon(): Promise<void> {
    this.#hasEnded = true
    this.#isAbandoned = true
    for (const { onFailure } of this.#asked.splice(0)) onFailure(overError())
    await this.#sending
  }

  #ask(statement: Asked): void {
    if (this.#hasEnded) throw overError()
    // The database would say no more than that something has failed before.
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#asked.length === 0) setImmediate(() => this.#send())
    this.#asked.push(statement)
  }

  #send(): void {
    const asked = this.#asked.splice(0)
    if (asked.length === 0) return
    // Each of those who asked is told of a failure by itself.
    const sent = this.#submit(asked, []).catch(() => {})
    this.#sending = Promise.all([this.#sending, sent])
  }

  /** Sends statements in one round trip, the first ones behind the begin, and hands out their answers. */
  async #submit(asked: readonly Asked[], ending: readonly Statement[]): Promise<void> {
    const beginning = this.#hasBegun ? [] : this.#beginning
    this.#hasBegun = true
    const { statements, answeredBy } = joinCalls(asked)
    const batch = new StatementBatch([...beginning, ...statements, ...ending])
    if (ending.length > 0) this.#commit = batch
    this.#client.query(batch as unknown as pg.Submittable)
    const told = (error: unknown): unknown => {
      const failed = batch.failedAt - beginning.length
      return this.#tell(
        asked,
        asked.filter((_, index) => answeredBy[index] === failed),
        error,
      )
    }
    const answers = await batch.answers.catch((error: unknown) => {
      throw told(ending.length > 0 && batch.isSent ? asCommitError(error) : error)
    })
    // A commit of what has failed is answered by a rollback.
    if (ending.length > 0 && commandOf(answers.at(-1)) !== 'COMMIT') throw told(abortedError())
    for (const [index, { onAnswer }] of asked.entries())
      onAnswer(answers[beginning.length + answeredBy[index]!]!)
  }

  /** Tells those who asked that nothing has come of it, since `failed` have, and returns what it is called. */
  #tell(asked: readonly Asked[], failed: readonly Asked[], error: unknown): unknown {
    // Those that nobody waits for come first: they say what the failure is called.
    const first = failed.toSorted((a, b) => Number(a.isAwaited) - Number(b.isAwaited))
    const told = first.reduce((called, { onFailure }) => onFailure(called), error)
    for (const other of asked) if (!failed.includes(other)) other.onFailure(told)
    if (first[0]?.isAwaited === false) this.#failure = { error: told }
    return told
  }
}

const commandOf = (answer: Rows<never> | undefined): string | undefined =>
  (answer as { readonly command?: string } | undefined)?.command
