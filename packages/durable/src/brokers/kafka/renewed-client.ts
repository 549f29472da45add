import { withinDeadline } from '../../store/within-deadline.js'
import { BrokerError } from '../errors.js'
import { ClientInUse, type LibraryClient } from './client-in-use.js'

interface ClientLife<Client> {
  readonly open: () => Client
  readonly deadlineMs: number
}

/**
 * A client that is made when it is first needed and given up whenever it failed: what it knows of brokers, sequences and
 * connections may be what is wrong with it, and an answer that never comes holds up its connection for good.
 */
export class RenewedClient<Client extends LibraryClient> {
  readonly #life: ClientLife<Client>
  readonly #ending = new Set<Promise<void>>()
  #inUse: ClientInUse<Client> | undefined
  #isClosed = false

  constructor(life: ClientLife<Client>) {
    this.#life = life
  }

  async use<Result>(action: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new BrokerError('WT_BROKER_CLOSED', `cannot ${action}: it is closed`)
    const { open, deadlineMs } = this.#life
    const used = (this.#inUse ??= new ClientInUse(open()))
    const late = (): BrokerError =>
      new BrokerError('WT_BROKER_DEADLINE', `cannot ${action}: Kafka did not answer within ${deadlineMs} ms`)
    try {
      return await withinDeadline(used.run(work), deadlineMs, late)
    } catch (error) {
      if (this.#inUse === used) this.renew()
      throw error
    }
  }

  /** The next one who needs it gets a new one. */
  renew(): void {
    const ending = this.#inUse?.end(this.#life.deadlineMs)
    this.#inUse = undefined
    if (ending === undefined) return
    this.#ending.add(ending)
    void ending.then(() => this.#ending.delete(ending))
  }

  /** Resolves when those that were given up are closed as well. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.renew()
    await Promise.all(this.#ending)
  }
}
