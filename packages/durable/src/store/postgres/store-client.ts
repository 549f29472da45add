import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import pg from 'pg'

/** An attempt that is not answered for so long is given up, and another one may be made. */
const CONNECT_MS = 10_000
/** So long nothing is heard before the system asks whether the other side is still there. */
const KEEP_ALIVE_MS = 10_000

/** The parts of a client of `pg`, and of its connection, that somebody who ends it by himself has to know. */
interface Internals {
  readonly connection: pg.Connection & {
    readonly stream: Duplex
    readonly sslNegotiation: string
    connect(port: number | string, host?: string): void
    requestSsl(): void
    cancel(processId: number, secretKey: number): void
  }
  /** False while a statement runs. */
  readonly readyForQuery: boolean
  readonly processID: number | null
  readonly secretKey: number | null
}

/**
 * A client of `pg` that does not wait for ever: neither for an answer to its attempt to connect, nor for a database that is
 * gone without a word, nor, when it is destroyed, for a goodbye.
 */
export class StoreClient extends pg.Client {
  readonly #config: pg.ClientConfig

  constructor(config: pg.ClientConfig) {
    super({
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      ...config,
    })
    this.#config = config
    // A connection that breaks while nobody waits for it would end the process by an event that nobody hears.
    this.on('error', () => {})
  }

  /** Whether the attempt to connect was given up for want of an answer. */
  static isUnanswered(error: unknown): boolean {
    return error instanceof Error && error.message === 'timeout expired'
  }

  /** Closes the connection without a goodbye. */
  destroy(): void {
    internalsOf(this).connection.stream.destroy()
  }

  /**
   * Has the database stop the statement that runs on this client, by a connection of its own (PostgreSQL's documentation,
   * 55.2.9 "Canceling Requests in Progress"): one whose client is gone without that goes on to its end. Resolves when the
   * database has been told, or cannot be. The client may not be used again: the request may arrive when the statement is done.
   */
  async cancelRunning(signal: AbortSignal): Promise<void> {
    const { readyForQuery, processID, secretKey } = internalsOf(this)
    if (readyForQuery || processID === null || secretKey === null) return
    const messenger = new pg.Client(this.#config)
    const { connection } = internalsOf(messenger)
    const { host, port, ssl } = messenger
    const ask = (): void => connection.cancel(processID, secretKey)
    connection.on('error', () => {})
    connection.once('connect', () => {
      if (!ssl) ask()
      else if (connection.sslNegotiation !== 'direct') connection.requestSsl()
    })
    connection.once('sslconnect', ask)
    const ended = once(connection, 'end', { signal }).catch(() => {})
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
    else connection.connect(port, host)
    await ended
    connection.stream.destroy()
  }
}

const internalsOf = (client: pg.ClientBase): Internals => client as unknown as Internals
