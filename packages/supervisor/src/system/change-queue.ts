/** Changes of a run, one after the other. */
export class ChangeQueue {
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** Makes a change once those before it are made; not at all once the queue is closed. */
  async make(change: () => Promise<void>): Promise<void> {
    const made = this.#last.then(async () => {
      if (!this.#isClosed) await change()
    })
    this.#last = made.catch(() => {})
    await made
  }

  /** Makes no more. Resolves once the change under way has come to its end. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
  }
}
