import { ExpiryEntry } from '@watertight/policy/decisions'
import type { Connection, TransportListener, TransportRequest } from './transport.js'

/** Exchanges that may wait for a connection to one endpoint; more are refused at once. */
export const WAITING_MAX = 10_000

/** Where connections are waited for. */
export interface WaitingRoom {
  /** It waits no longer. */
  leave(waiting: WaitingConnection): void
  /** Why there was none within this time. */
  inUse(limitMs: number): Error
}

/** A connection for an exchange that there is none for yet: it waits for one, within its limit. */
export class WaitingConnection extends ExpiryEntry implements Connection {
  readonly #room: WaitingRoom
  #request: TransportRequest | undefined = undefined
  #listener: TransportListener | undefined = undefined
  #granted: Connection | undefined = undefined

  constructor(room: WaitingRoom) {
    super()
    this.#room = room
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    this.#request = request
    this.#listener = listener
  }

  /** Here is one. */
  grant(connection: Connection): void {
    this.end()
    this.#granted = connection
    connection.dispatch(this.#request!, this.#listener!)
  }

  release(): void {
    if (this.#granted === undefined) this.#room.leave(this)
    else this.#granted.release()
  }

  discard(reason: Error): void {
    if (this.#granted === undefined) this.#room.leave(this)
    else this.#granted.discard(reason)
  }

  override expire(limitMs: number): void {
    this.#room.leave(this)
    this.refuse(this.#room.inUse(limitMs))
  }

  refuse(reason: Error): void {
    this.#listener?.onError(reason)
  }
}
