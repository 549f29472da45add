import { setTimeout as sleep } from 'node:timers/promises'

export const TOKEN_HEADER = 'x-postgres-token'

/** Without `parameters`, `sql` may hold several statements, and gives no rows. */
export interface PostgresRequest {
  readonly sql: string
  readonly parameters?: readonly unknown[]
}

export interface PostgresReply {
  readonly rows?: readonly unknown[]
  readonly failed?: { readonly message: string; readonly code?: string }
}

/** The database refused a statement, or did not answer. */
class PostgresError extends Error {
  override readonly name = 'PostgresError'
  /** `ENOSPC` and the like when the disk is the reason, else `ORDERS_POSTGRES`. */
  readonly code: string

  constructor(message: string, code: string = 'ORDERS_POSTGRES', options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export interface PostgresOptions {
  readonly url: string
  /** What the database wants to see of whoever asks. */
  readonly token: string
  /** How long to wait for a database that is being started. Default 6 s. */
  readonly awayMs?: number
}

const AWAY_MS = 6_000
const ANSWER_MS = 10_000
const POLL_MS = 50

/** The database of the orders, in a process of its own. While that is being started again, statements wait for it. */
export class Postgres {
  readonly #options: PostgresOptions

  constructor(options: PostgresOptions) {
    this.#options = options
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#ask({ sql, parameters })) as Row[]
  }

  /** Runs statements that give no rows, several in one text; waits up to `awayMs` for the database. */
  async run(sql: string, awayMs?: number): Promise<void> {
    await this.#ask({ sql }, awayMs)
  }

  async #ask(
    request: PostgresRequest,
    awayMs: number = this.#options.awayMs ?? AWAY_MS,
  ): Promise<readonly unknown[]> {
    const { url, token } = this.#options
    const giveUpAt = performance.now() + awayMs
    for (;;) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { [TOKEN_HEADER]: token },
          body: JSON.stringify(request),
          signal: AbortSignal.timeout(ANSWER_MS),
        })
        if (!response.ok) throw new PostgresError(`the database answered ${response.status}`)
        const { rows, failed } = (await response.json()) as PostgresReply
        if (failed !== undefined) throw new PostgresError(failed.message, failed.code)
        return rows ?? []
      } catch (error) {
        if (error instanceof PostgresError) throw error
        // Only what was never sent may be sent again: of anything else nobody knows whether it was done.
        const { cause } = error as { cause?: { code?: string } }
        if (cause?.code !== 'ECONNREFUSED' || performance.now() >= giveUpAt) {
          throw new PostgresError('the database does not answer', undefined, { cause: error })
        }
      }
      await sleep(POLL_MS)
    }
  }
}
