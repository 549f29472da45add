import type pg from 'pg'
import type { AskedStatement, Statement } from '../at-once.js'
import { overError } from '../errors.js'
import type { Rows, StoreTransaction } from '../store.js'
import { StatementBatch } from './statement-batch.js'

/**
 * A transaction on a client of `pg`. Statements that are asked for in one turn of the event loop, none waiting for another,
 * go in one round trip, the first of them together with the begin.
 */
export class ClientTransaction implements StoreTransaction {
  readonly #client: pg.ClientBase
  readonly #beginning: readonly string[]
  #asked: AskedStatement[] = []
  #hasBegun = false
  #hasEnded = false
  #sending: Promise<unknown> = Promise.resolve()

  constructor(client: pg.ClientBase, beginning: readonly string[]) {
    this.#client = client
    this.#beginning = beginning
  }

  /** Whether there is anything to commit or to take back. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
  ): Promise<Rows<Row>> {
    if (this.#hasEnded) throw overError()
    if (this.#asked.length === 0) setImmediate(() => this.#send())
    return await new Promise<Rows<Row>>((resolve, reject) => {
      this.#asked.push({ text, values, resolve, reject })
    })
  }

  /** What was asked for last is sent, and waited for: the work has done all that it will. */
  async complete(): Promise<void> {
    this.#send()
    this.#hasEnded = true
    await this.#sending
  }

  /** A part of the work may go on that nobody waits for: it must not write into the next transaction of the connection. */
  async abandon(): Promise<void> {
    this.#hasEnded = true
    for (const { reject } of this.#asked.splice(0)) reject(overError())
    await this.#sending
  }

  #send(): void {
    const asked = this.#asked.splice(0)
    if (asked.length === 0) return
    const first = this.#hasBegun ? [] : this.#beginning.map((text): Statement => ({ text, values: [] }))
    this.#hasBegun = true
    const batch = new StatementBatch([...first, ...asked.map(({ text, values }) => ({ text, values }))])
    this.#client.query(batch as unknown as pg.Submittable)
    const answered = batch.answers.then(
      (answers) => {
        for (const [index, { resolve }] of asked.entries())
          resolve(answers[first.length + index] as Rows<never>)
      },
      (error: unknown) => {
        for (const { reject } of asked) reject(error)
      },
    )
    this.#sending = Promise.all([this.#sending, answered])
  }
}
