import pg from 'pg'
import type { Statement } from '../at-once.js'
import type { Rows } from '../store.js'

/** The parts of a connection and of a query of `pg` that somebody who sends by himself has to know. */
interface Connection {
  readonly stream: { cork?: () => void; uncork?: () => void }
  parse(statement: { readonly text: string }): void
  sync(): void
}

interface Query {
  prepare(connection: Connection): void
  handleRowDescription(message: unknown): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Connection): void
  handleReadyForQuery(connection: Connection): void
}

type MakeQuery = new (
  statement: Statement,
  callback: (error: Error | null, result: Rows<never>) => void,
) => Query

const PgQuery = (pg as unknown as { readonly Query: MakeQuery }).Query

/**
 * Statements of which `pg` sends each by itself, with a sync behind it, sent with one sync behind all of them: that is one
 * transaction without a begin and a commit (PostgreSQL's documentation, 55.2.4 "Pipelining"), in one round trip.
 */
export class StatementBatch {
  readonly answers: Promise<Rows<never>[]>
  readonly #queries: readonly Query[]
  readonly #results: Rows<never>[] = []
  #current = 0
  #isRefused = false
  #resolve: (answers: Rows<never>[]) => void = () => {}
  #reject: (error: Error) => void = () => {}

  constructor(statements: readonly Statement[]) {
    this.answers = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#queries = statements.map(
      (statement, index) =>
        new PgQuery(statement, (error, result) => {
          if (error === null) this.#results[index] = result
          else this.#refuse(error)
        }),
    )
  }

  submit(connection: Connection): null {
    const { stream } = connection
    const withoutSync = Object.create(connection, { sync: { value: () => {} } }) as Connection
    stream.cork?.()
    try {
      for (const query of this.#queries) query.prepare(withoutSync)
      // A value that cannot be sent leaves a gap: the database is to do nothing of the rest.
      if (this.#isRefused) connection.parse({ text: 'nothing of this' })
      connection.sync()
    } finally {
      stream.uncork?.()
    }
    return null
  }

  handleRowDescription(message: unknown): void {
    this.#queries[this.#current]?.handleRowDescription(message)
  }

  handleDataRow(message: unknown): void {
    this.#queries[this.#current]?.handleDataRow(message)
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    this.#queries[this.#current]?.handleCommandComplete(message, connection)
    this.#current += 1
  }

  handleEmptyQuery(): void {
    this.#current += 1
  }

  /** All of it is committed. */
  handleReadyForQuery(connection: Connection): void {
    for (const query of this.#queries) query.handleReadyForQuery(connection)
    this.#resolve(this.#results)
  }

  handleError(error: Error): void {
    this.#refuse(error)
  }

  #refuse(error: Error): void {
    this.#isRefused = true
    this.#reject(error)
  }
}
