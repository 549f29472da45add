export interface GroupCommitOptions<Item, Answer> {
  /** Sends many items in one statement; answers one for each, in their order. */
  readonly send: (items: readonly Item[]) => Promise<readonly Answer[]>
  /** Whether the same statement may succeed later: a lost connection, a deadlock. */
  readonly isPassing: (error: unknown) => boolean
  /** Waits before the same statement is sent again. */
  readonly pause: (ms: number) => Promise<void>
  readonly statementsMax: number
  readonly itemsMax: number
}

interface Waiting<Item, Answer> {
  readonly item: Item
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Fewer are not worth a statement of their own while more wait. */
const itemsMin = 32
const pauseMsMin = 50
const pauseMsMax = 2_000

/**
 * Many small writes, few statements: what is submitted while others are on their way shares the next statement, as commits
 * share a flush in a database's log (Gray and Reuter, "Transaction Processing", 1993, section 9.4.7). A round trip and a
 * flush then cost the same for one item and for hundreds.
 *
 * An item that the database does not take is found by halves, so that it fails alone.
 */
export class GroupCommit<Item, Answer> {
  readonly #options: GroupCommitOptions<Item, Answer>
  #waiting = new Map<Item, Waiting<Item, Answer>>()
  #statements = 0
  #isScheduled = false

  constructor(options: GroupCommitOptions<Item, Answer>) {
    this.#options = options
  }

  /** @param item no two that wait are the same */
  submit(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(item, { item, resolve, reject })
      this.#schedule()
    })
  }

  /** Gives up what has not been sent yet: nobody hears of it any more. */
  withdraw(item: Item): void {
    this.#waiting.delete(item)
  }

  /** What is submitted in one turn of the event loop goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#statements >= this.#options.statementsMax) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const { statementsMax, itemsMax } = this.#options
    if (this.#waiting.size === 0 || this.#statements >= statementsMax) return
    // Spread over the statements that are free, so that the database works on one while it flushes another.
    const share = Math.ceil(this.#waiting.size / (statementsMax - this.#statements))
    const items = Math.min(itemsMax, Math.max(itemsMin, share))
    const batch: Waiting<Item, Answer>[] = []
    for (const waiting of this.#waiting.values()) {
      if (batch.length === items) break
      batch.push(waiting)
      this.#waiting.delete(waiting.item)
    }
    this.#statements += 1
    if (this.#waiting.size > 0) void this.#flush()
    await this.#send(batch)
    this.#statements -= 1
    if (this.#waiting.size > 0) this.#schedule()
  }

  async #send(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    const { send, isPassing, pause } = this.#options
    for (let delayMs = pauseMsMin; ; delayMs = Math.min(pauseMsMax, 2 * delayMs)) {
      try {
        const answers = await send(batch.map(({ item }) => item))
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index]!)
        return
      } catch (error) {
        if (!isPassing(error)) return await this.#sendHalves(batch, error)
        await pause(delayMs)
      }
    }
  }

  async #sendHalves(batch: readonly Waiting<Item, Answer>[], error: unknown): Promise<void> {
    const middle = Math.ceil(batch.length / 2)
    if (batch.length <= 1) {
      for (const { reject } of batch) reject(error)
      return
    }
    await this.#send(batch.slice(0, middle))
    await this.#send(batch.slice(middle))
  }
}
