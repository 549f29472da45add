import type { Connection, Connections } from './transport.js'

/** A connection that can be broken off from outside. */
export interface AbortableConnection extends Connection {
  /** Whoever waits for it hears of the reason. */
  abort(reason: Error): void
}

/** Connections without a pool: each request has one of its own, and there may be any number. */
export abstract class UnpooledConnections<C extends AbortableConnection> implements Connections {
  readonly full = false
  readonly #underWay: Set<C> = new Set()
  #whenIdle: (() => void) | undefined = undefined

  acquire(): Connection {
    const connection = this.create()
    this.#underWay.add(connection)
    return connection
  }

  ended(connection: C): void {
    this.#underWay.delete(connection)
    if (this.#underWay.size === 0) this.#whenIdle?.()
  }

  async close(): Promise<void> {
    if (this.#underWay.size === 0) return
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve
    })
  }

  async destroy(): Promise<void> {
    for (const connection of this.#underWay) connection.abort(new Error('the client is destroyed'))
  }

  protected abstract create(): C
}
