import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
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
  // Some ten statements a checkout: `fetch` takes several times as long for each.
  readonly #agent = new Agent({ keepAlive: true })

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
    asked: PostgresRequest,
    awayMs: number = this.#options.awayMs ?? AWAY_MS,
  ): Promise<readonly unknown[]> {
    const giveUpAt = performance.now() + awayMs
    for (;;) {
      try {
        const { rows, failed } = await this.#post(JSON.stringify(asked))
        if (failed !== undefined) throw new PostgresError(failed.message, failed.code)
        return rows ?? []
      } catch (error) {
        if (error instanceof PostgresError) throw error
        // Only what was never sent may be sent again: of anything else nobody knows whether it was done.
        if ((error as { code?: string }).code !== 'ECONNREFUSED' || performance.now() >= giveUpAt) {
          throw new PostgresError('the database does not answer', undefined, { cause: error })
        }
      }
      await sleep(POLL_MS)
    }
  }

  #post(body: string): Promise<PostgresReply> {
    const { url, token } = this.#options
    const headers = { [TOKEN_HEADER]: token, 'content-length': Buffer.byteLength(body) }
    const signal = AbortSignal.timeout(ANSWER_MS)
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent: this.#agent, headers, signal }, (response) => {
        const { statusCode } = response
        if (statusCode === 200) {
          text(response)
            .then((answer) => resolve(JSON.parse(answer) as PostgresReply))
            .catch(reject)
          return
        }
        response.resume()
        reject(new PostgresError(`the database answered ${statusCode}`))
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
