import pg from 'pg'
import type { Statement } from '../statement.js'
import type { Rows } from '../store.js'

/** The parts of a connection and of a query of `pg` that somebody who sends by himself has to know. */
interface Connection {
  readonly stream: { readonly writable: boolean; write: (piece: Uint8Array) => unknown }
  parse(statement: { readonly text: string }): void
  sync(): void
  sendCopyFail(message: string): void
}

interface Query {
  prepare(connection: Connection): void
  handleRowDescription(message: unknown): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Connection): void
  handleReadyForQuery(connection: Connection): void
}

type MakeQuery = new (
  text: string,
  values: unknown[],
  callback: (error: Error | null, result: Rows<never>) => void,
) => Query

const PgQuery = (pg as unknown as { readonly Query: MakeQuery }).Query

/** A connection that writes nothing: what `pg` writes message by message is to go in one piece, each write is a system call. */
interface Collector {
  readonly pieces: Uint8Array[]
  readonly whole: Connection
  readonly withoutSync: Connection
}

const collectors = new WeakMap<Connection, Collector>()

/** Made once for a connection: such objects take longer to make than what they are there for. */
function collectorOf(connection: Connection): Collector {
  const known = collectors.get(connection)
  if (known !== undefined) {
    // What could not be written to its end must not go with what comes next.
    known.pieces.length = 0
    return known
  }
  const pieces: Uint8Array[] = []
  const stream = { writable: true, write: (piece: Uint8Array) => pieces.push(piece) }
  const whole = Object.create(connection, { stream: { value: stream } }) as Connection
  const withoutSync = Object.create(whole, { sync: { value: () => {} } }) as Connection
  const collector = { pieces, whole, withoutSync }
  collectors.set(connection, collector)
  return collector
}

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
  #isSent = false
  #hasLostStep = false
  #resolve: (answers: Rows<never>[]) => void = () => {}
  #reject: (error: Error) => void = () => {}

  constructor(statements: readonly Statement[]) {
    this.answers = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#queries = statements.map(
      ({ text, values }, index) =>
        new PgQuery(text, values, (error, result) => {
          if (error === null) this.#results[index] = result
          else this.#refuse(error)
        }),
    )
  }

  /** Which of the statements has failed, from zero; of no meaning before one has. */
  get failedAt(): number {
    return this.#current
  }

  /** Whether the database has been asked for any of it: no value was found that cannot be sent. */
  get isSent(): boolean {
    return this.#isSent
  }

  /** Whether the database could make nothing of what came next: the connection is of no use any more. */
  get hasLostStep(): boolean {
    return this.#hasLostStep
  }

  submit(connection: Connection): null {
    const collector = collectorOf(connection)
    for (const [index, query] of this.#queries.entries()) {
      this.#current = index
      query.prepare(collector.withoutSync)
      // A value that cannot be sent leaves a gap: the database is to do nothing of the rest, least of all a commit.
      if (this.#isRefused) break
    }
    if (this.#isRefused) collector.whole.parse({ text: 'nothing of this' })
    else this.#current = 0
    this.#isSent = !this.#isRefused
    collector.whole.sync()
    const pieces = collector.pieces.splice(0)
    if (connection.stream.writable) connection.stream.write(Buffer.concat(pieces))
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

  /** There is nothing to copy from: the answer to this is an error. */
  handleCopyInResponse(connection: Connection): void {
    connection.sendCopyFail('a store has no data to copy from; insert rows from arrays by unnest instead')
    // The database passes over a sync that comes while it waits for data. A statement is more than it can bear: it hangs up.
    if (this.#current === this.#queries.length - 1) connection.sync()
    else this.#hasLostStep = true
  }

  /** Rows that are copied out go nowhere, as with `pg`. */
  handleCopyData(): void {}

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
