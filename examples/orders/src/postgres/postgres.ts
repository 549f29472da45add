import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** `sql` is absent in the last request, which closes the database. */
export interface PostgresRequest {
  readonly id: number
  readonly sql?: string
  readonly parameters?: readonly unknown[]
}

/** Request 0 is none: its reply tells that the database is open, or why it is not. */
export interface PostgresReply {
  readonly id: number
  readonly rows?: readonly unknown[]
  readonly failed?: { readonly message: string; readonly code?: string }
}

/** The database refused a statement, or has ended. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError'
  /** `ENOSPC` and the like when the disk is the reason, else `ORDERS_POSTGRES`. */
  readonly code: string

  constructor(message: string, code: string = 'ORDERS_POSTGRES') {
    super(message)
    this.code = code
  }
}

interface Waiting {
  readonly resolve: (rows: readonly unknown[]) => void
  readonly reject: (error: PostgresError) => void
}

/**
 * PGlite, which is Postgres compiled to WebAssembly, in a thread of its own. A statement takes it a millisecond or a
 * few, and in the thread that serves requests every other one would stand still for so long.
 */
export class Postgres {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #ended: PostgresError | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', ({ id, rows, failed }: PostgresReply) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (failed === undefined) waiting?.resolve(rows ?? [])
      else waiting?.reject(new PostgresError(failed.message, failed.code))
    })
    worker.on('error', (error) => this.#end(error))
    worker.on('exit', () => this.#end(new Error('its thread has ended')))
  }

  /** Opens the database in `folder`, or creates one there. */
  static async open(folder: string): Promise<Postgres> {
    // Built code only, from wherever this file runs: `src` and `dist` are equally deep.
    const program = fileURLToPath(new URL('../../dist/postgres/main.js', import.meta.url))
    const postgres = new Postgres(new Worker(program, { workerData: folder }))
    await postgres.#reply(0)
    return postgres
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#ask({ sql, parameters })) as Row[]
  }

  /** Runs statements that give no rows, several in one text. */
  async run(sql: string): Promise<void> {
    await this.#ask({ sql })
  }

  async close(): Promise<void> {
    await this.#ask({})
    const exit = once(this.#worker, 'exit')
    await this.#worker.terminate()
    await exit
  }

  async #ask(request: Omit<PostgresRequest, 'id'>): Promise<readonly unknown[]> {
    if (this.#ended !== undefined) throw this.#ended
    const id = (this.#lastId += 1)
    const reply = this.#reply(id)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    this.#worker.postMessage({ id, ...request } satisfies PostgresRequest)
    return reply
  }

  #reply(id: number): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #end(cause: Error): void {
    this.#ended ??= new PostgresError(`the database has ended: ${cause.message}`)
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
