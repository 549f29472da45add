/**
 * The room for steps that wait for one dependency: so many run, so many wait their turn in memory. Whatever is beyond that
 * waits in the store, so that a dependency that hangs holds up nobody who needs another.
 */
export class Lane {
  readonly #runningMax: number
  readonly #waitingMax: number
  #running = 0
  #reserved = 0
  readonly #waiting = new Set<() => void>()

  constructor(runningMax: number) {
    this.#runningMax = runningMax
    this.#waitingMax = runningMax
  }

  /** How many more it takes. */
  get places(): number {
    return this.#runningMax + this.#waitingMax - this.#running - this.#waiting.size - this.#reserved
  }

  /** Keeps a place for somebody who is about to enter. Returns how to give it back. */
  reserve(): () => void {
    this.#reserved += 1
    return () => {
      this.#reserved -= 1
    }
  }

  /** Runs `work` when it is its turn. Returns how to give that up, while it has not begun. */
  enter(work: () => Promise<void>): () => void {
    const turn = (): void => {
      this.#waiting.delete(turn)
      this.#running += 1
      void work().finally(() => {
        this.#running -= 1
        this.#next()
      })
    }
    if (this.#running < this.#runningMax) {
      turn()
      return () => {}
    }
    this.#waiting.add(turn)
    return () => this.#waiting.delete(turn)
  }

  #next(): void {
    const [turn] = this.#waiting
    if (turn !== undefined && this.#running < this.#runningMax) turn()
  }
}
