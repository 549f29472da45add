import { withinDeadline } from '../../store/within-deadline.js'
import { BrokerError } from '../errors.js'

interface ClientLife<Client> {
  readonly open: () => Client
  readonly close: (client: Client) => Promise<void>
  readonly deadlineMs: number
}

/**
 * A client that is made when it is first needed and given up whenever it failed: what it knows of brokers, sequences and
 * connections may be what is wrong with it, and an answer that never comes holds up its connection for good.
 */
export class RenewedClient<Client> {
  readonly #life: ClientLife<Client>
  #client: Client | undefined
  #isClosed = false

  constructor(life: ClientLife<Client>) {
    this.#life = life
  }

  async use<Result>(action: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new BrokerError('WT_BROKER_CLOSED', `cannot ${action}: it is closed`)
    const { open, deadlineMs } = this.#life
    const client = (this.#client ??= open())
    const late = (): BrokerError =>
      new BrokerError('WT_BROKER_DEADLINE', `cannot ${action}: Kafka did not answer within ${deadlineMs} ms`)
    try {
      return await withinDeadline(work(client), deadlineMs, late)
    } catch (error) {
      this.renew(client)
      throw error
    }
  }

  /** The next one who needs it gets a new one, unless somebody has seen to that already. */
  renew(used: Client | undefined = this.#client): void {
    if (used === undefined || this.#client !== used) return
    this.#client = undefined
    void this.#life.close(used).catch(() => {})
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const client = this.#client
    this.#client = undefined
    if (client === undefined) return
    const { close, deadlineMs } = this.#life
    await withinDeadline(close(client), deadlineMs, () => new Error('late')).catch(() => {})
  }
}
