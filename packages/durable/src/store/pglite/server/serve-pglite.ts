import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { checkOptions, integer, milliseconds, text } from '@watertight/policy/options'
import { Turns } from '../turns.js'
import { WorkerConnection } from '../worker-connection.js'
import { ClientSession, type SharedDatabase } from './client-session.js'
import { startMessage } from './message.js'
import { StatementCache } from './statement-cache.js'

export interface ServePGliteOptions {
  /** Where the data is kept; in memory, and gone with the process, without. */
  readonly folder?: string
  /** On 127.0.0.1. Default 0: any that is free. */
  readonly port?: number
  /** What whoever connects has to know. Default: one made for the occasion, which `url` has. */
  readonly password?: string
  /** How long a client may be silent within a transaction, while all others wait, before it is rolled back. Default 10 s. */
  readonly idleInTransactionMs?: number
}

/** An embedded database that other processes of this machine use. */
export interface PGliteServer {
  /** What `openStore` takes, in any process. */
  readonly url: string
  /** Ends every connection, what is open in it is rolled back, then closes the database. */
  close(): Promise<void>
}

/**
 * Lets several processes share one embedded database, which by itself is one process's: it is served as Postgres is, by the
 * same protocol, on this machine alone. There is one session, so clients take turns: for a statement, or for a whole
 * transaction. As behind a pooler in transaction mode, settings of a session and named statements are nobody's own.
 *
 * @example
 *   const server = await servePGlite()
 *   const store = openStore(server.url)
 *   await migrate(store)
 *   await store.close()
 *   await server.close()
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @throws {StoreError} with code `WT_STORE_FOLDER_IN_USE` when another process has the folder
 */
export async function servePGlite(options: ServePGliteOptions = {}): Promise<PGliteServer> {
  checkOptions('server of an embedded database', options, {
    folder: text,
    port: integer(0, 65_535),
    password: text,
    idleInTransactionMs: milliseconds(1),
  })
  const {
    folder,
    port = 0,
    password = randomBytes(16).toString('hex'),
    idleInTransactionMs = 10_000,
  } = options
  const connection = new WorkerConnection(folder, () => {})
  const send = async (bytes: Uint8Array): Promise<Buffer> => {
    const [answer] = await connection.ask({ type: 'protocol', bytes })
    const { buffer, byteOffset, byteLength } = answer as Uint8Array<ArrayBuffer>
    return Buffer.from(buffer, byteOffset, byteLength)
  }
  const sessions = new Set<ClientSession>()
  const database: SharedDatabase = {
    turns: new Turns(),
    statements: new StatementCache(),
    password: Buffer.from(password),
    greeting: await send(startMessage()).catch(async (error: unknown) => {
      await connection.terminate()
      throw error
    }),
    idleInTransactionMs,
    send,
    onNotifications: (notifications) => {
      for (const session of sessions) if (session.listens) session.tell(notifications)
    },
  }
  const server = createServer((socket) => {
    const session = new ClientSession(socket, database)
    sessions.add(session)
    void session.ended().finally(() => sessions.delete(session))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch(async (error: unknown) => {
    // A port that is taken must not leave a folder that is in use.
    await connection.terminate()
    throw error
  })
  const { port: given } = server.address() as AddressInfo
  return {
    url: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${given}/postgres`,
    close: async () => {
      server.close()
      for (const session of sessions) session.end()
      await Promise.all([...sessions].map((session) => session.ended()))
      await connection.ask({ type: 'close' })
      await connection.terminate()
    },
  }
}
