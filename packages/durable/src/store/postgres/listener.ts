import pg from 'pg'

type OnNotification = (payload: string) => void

const RECONNECT_MS = 1_000

/** One connection that listens, made when somebody first does and made again when it is lost. */
export class Listener {
  readonly #url: string
  readonly #listeners = new Map<string, Set<OnNotification>>()
  #client: pg.Client | undefined
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
    if (known === undefined) await this.#tell(`listen ${pg.escapeIdentifier(channel)}`)
    return async () => {
      listeners.delete(onNotification)
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return
      this.#listeners.delete(channel)
      await this.#tell(`unlisten ${pg.escapeIdentifier(channel)}`)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#connecting
    await this.#client?.end().catch(() => {})
  }

  #connect(): void {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    })
    this.#client = client
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => {
      for (const onNotification of this.#listeners.get(channel) ?? []) onNotification(payload ?? '')
    })
    this.#connecting = client.connect().then(
      async () => {
        for (const channel of this.#listeners.keys())
          await this.#tell(`listen ${pg.escapeIdentifier(channel)}`)
      },
      () => this.#lost(client),
    )
  }

  /** A hint that cannot be had is done without: whoever listens polls too. */
  async #tell(statement: string): Promise<void> {
    await this.#client?.query(statement).catch(() => {})
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    client.end().catch(() => {})
    if (this.#closed) return
    this.#retry = setTimeout(() => this.#connect(), RECONNECT_MS)
    this.#retry.unref()
  }
}
