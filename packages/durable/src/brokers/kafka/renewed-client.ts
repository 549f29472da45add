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
 *
 * It is closed when what else is under way with it has ended, or has taken longer than the deadline: work that goes on
 * with a closed client finds its connections gone, and the library then throws where nobody can catch it.
 */
export class RenewedClient<Client extends object> {
  readonly #life: ClientLife<Client>
  readonly #underWay = new WeakMap<Client, Set<Promise<unknown>>>()
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
      return await withinDeadline(this.#tracked(client, work), deadlineMs, late)
    } catch (error) {
      this.renew(client)
      throw error
    }
  }

  /** The next one who needs it gets a new one, unless somebody has seen to that already. */
  renew(used: Client | undefined = this.#client): void {
    if (used === undefined || this.#client !== used) return
    this.#client = undefined
    void this.#closeAfterWork(used)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) await this.#closeAfterWork(client)
  }

  #tracked<Result>(client: Client, work: (client: Client) => Promise<Result>): Promise<Result> {
    const underWay = this.#underWay.get(client) ?? new Set()
    this.#underWay.set(client, underWay)
    const running = work(client)
    underWay.add(running)
    const ended = (): boolean => underWay.delete(running)
    running.then(ended, ended)
    return running
  }

  async #closeAfterWork(client: Client): Promise<void> {
    const { close, deadlineMs } = this.#life
    const late = (): Error => new Error('late')
    const others = Promise.allSettled(this.#underWay.get(client) ?? new Set<Promise<unknown>>())
    await withinDeadline(others, deadlineMs, late).catch(() => {})
    await withinDeadline(close(client), deadlineMs, late).catch(() => {})
  }
}
