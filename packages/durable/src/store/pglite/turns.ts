import { noTurnError } from '../errors.js'

/** Whose turn it is on the one connection, in the order of asking. */
export class Turns {
  #isTaken = false
  readonly #waiting = new Set<() => void>()

  /** Resolves when it is the caller's turn, and to how to end it. */
  async take(deadlineMs: number, action: string): Promise<() => void> {
    if (this.#isTaken) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          this.#waiting.delete(grant)
          reject(noTurnError(action, deadlineMs))
        }, deadlineMs)
        const grant = (): void => {
          clearTimeout(timer)
          resolve()
        }
        this.#waiting.add(grant)
      })
    }
    this.#isTaken = true
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#next()
    }
  }

  #next(): void {
    const [grant] = this.#waiting
    if (grant === undefined) {
      this.#isTaken = false
      return
    }
    // It stays taken meanwhile: nobody who comes now may slip in between.
    this.#waiting.delete(grant)
    grant()
  }
}
