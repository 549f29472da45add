import type { buildConnector, Pool } from 'undici'
import { asDispatched } from './as-dispatched.js'
import type { Connection, Connections, TransportListener, TransportRequest } from './transport.js'
import { undici } from './undici.js'
import type { PoolOptions } from './connection-pool.js'

/** Connections that may carry many exchanges at once, where HTTP/2 was agreed on. The transport shares them out. */
export class MultiplexedConnections implements Connections {
  readonly #pool: Pool
  readonly #max: number
  #underWay: number = 0

  constructor(origin: string, options: PoolOptions) {
    const connect: buildConnector.connector = options.connect
    this.#max = options.max
    this.#pool = new undici.Pool(origin, {
      connect,
      allowH2: true,
      connections: Math.min(options.max, CONNECTIONS_MAX),
      keepAliveTimeout: options.keepAliveMs,
      maxHeaderSize: options.headerBytesMax,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  get full(): boolean {
    return this.#underWay >= this.#max
  }

  acquire(): Connection {
    this.#underWay += 1
    let ended = false
    const end = (): void => {
      if (!ended) this.#underWay -= 1
      ended = true
    }
    const pool = this.#pool
    return {
      dispatch: (request: TransportRequest, listener: TransportListener) => {
        pool.dispatch(asDispatched(request), listener)
      },
      release: end,
      // The stream is reset by its own abort; the connection serves the others.
      discard: end,
    }
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  async destroy(): Promise<void> {
    await this.#pool.destroy()
  }
}

/** A connection carries a hundred streams or so: more of them are for servers that speak HTTP/1.1 after all. */
const CONNECTIONS_MAX = 64
