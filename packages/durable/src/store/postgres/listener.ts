import { once } from 'node:events'
import pg from 'pg'
import { withinDeadline } from '../within-deadline.js'
import { StoreClient } from './store-client.js'

type OnNotification = (payload: string) => void

const RECONNECT_MS = 1_000
/** A connection on which nothing is answered for so long is given up. */
const ANSWER_MS = 5_000

/** One connection that listens, made when somebody first does and made again when it is lost. */
export class Listener {
  readonly #url: string
  readonly #listeners = new Map<string, Set<OnNotification>>()
  #client: StoreClient | undefined
  #connecting: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(url: string) {
    this.#url = url
  }

  async listen(channel: string, onNotification: OnNotification): Promise<() => Promise<void>> {
    const known = this.#listeners.get(channel)
    const listeners = known ?? new Set<OnNotification>()
    this.#listeners.set(channel, listeners.add(onNotification))
    if (this.#client === undefined) this.#connect()
    await this.#connecting
    if (known === undefined) await this.#tell('listen', channel)
    return async () => {
      listeners.delete(onNotification)
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return
      this.#listeners.delete(channel)
      await this.#tell('unlisten', channel)
    }
  }

  /** Waits for the goodbye of the database until the deadline. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    const client = this.#client
    if (client === undefined) return
    const ended = once(client, 'end')
    // Whoever waits for a connection that is being made hears of its end, but not of its goodbye.
    if (this.#connecting === undefined) void client.end().catch(() => {})
    else client.destroy()
    await withinDeadline(ended, deadlineMs, () => undefined).catch(() => client.destroy())
  }

  #connect(): void {
    // Whoever listens first after a connection was lost does not wait for the next attempt: it is made here.
    clearTimeout(this.#retry)
    if (this.#closed) return
    const client = new StoreClient({ connectionString: this.#url, connectionTimeoutMillis: ANSWER_MS })
    this.#client = client
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => {
      for (const onNotification of this.#listeners.get(channel) ?? []) onNotification(payload ?? '')
    })
    this.#connecting = client
      .connect()
      .then(
        async () => {
          for (const channel of this.#listeners.keys()) await this.#tell('listen', channel)
        },
        () => this.#lost(client),
      )
      .finally(() => {
        if (this.#client === client) this.#connecting = undefined
      })
  }

  /** A hint that cannot be had is done without: whoever listens polls too. */
  async #tell(statement: 'listen' | 'unlisten', channel: string): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    const told = client.query(`${statement} ${pg.escapeIdentifier(channel)}`).catch(() => {})
    await withinDeadline(told, ANSWER_MS, () => undefined).catch(() => client.destroy())
  }

  #lost(client: StoreClient): void {
    if (this.#client !== client) return
    this.#client = undefined
    client.destroy()
    if (this.#closed) return
    this.#retry = setTimeout(() => this.#connect(), RECONNECT_MS)
    this.#retry.unref()
  }
}
