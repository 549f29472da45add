/** How many first tries may pass one step that is asked again, before it has its turn all the same. */
const PASSED_MAX = 7

/** The place of one who has entered a lane. */
export interface LanePlace {
  /** Whether its turn has not come yet. */
  readonly isWaiting: boolean
  /** Gives up its turn, while it has not come. */
  leave(): void
}

const hadTurn: LanePlace = { isWaiting: false, leave: () => {} }

/**
 * The room for steps that wait for one dependency: so many run, so many wait their turn in memory. Whatever is beyond that
 * waits in the store, so that a dependency that hangs holds up nobody who needs another.
 *
 * What is asked for the first time goes before what is asked again: behind it there may be somebody who waits, and a
 * backlog of an outage must not keep those who come after it waiting. One turn in eight is for what is asked again, so that
 * the backlog ends under any load.
 */
export class Lane {
  readonly #runningMax: number
  readonly #waitingMax: number
  #running = 0
  #reserved = 0
  /** Since something that is asked again had a turn. */
  #passed = 0
  #lastTurn = 0
  readonly #countTurn: () => number
  readonly #first = new Set<() => void>()
  readonly #again = new Set<() => void>()

  /** @param countTurn counts the turns of all lanes among which this one is */
  constructor(runningMax: number, countTurn: () => number = () => 0) {
    this.#runningMax = runningMax
    this.#waitingMax = runningMax
    this.#countTurn = countTurn
  }

  /** How many more it takes, whichever they are. */
  get places(): number {
    return this.#placesOf(this.#first.size + this.#again.size)
  }

  /** How many more first tries it takes: those that are asked again take no place from them, for these go before. */
  get firstPlaces(): number {
    return this.#placesOf(this.#first.size)
  }

  /** How many more that are asked again it wants at hand for their turns, however many first tries there are. */
  get againPlaces(): number {
    return Math.max(0, Math.ceil(this.#runningMax / (PASSED_MAX + 1)) - this.#again.size)
  }

  /** Whether far more have come than it takes. */
  get isCrowded(): boolean {
    return this.places <= -this.#runningMax
  }

  /** Of all the turns that were counted, the number of its last one: where things move, that is the highest. */
  get lastTurn(): number {
    return this.#lastTurn
  }

  /** Keeps a place for somebody who is about to enter. Returns how to give it back. */
  reserve(): () => void {
    this.#reserved += 1
    return () => {
      this.#reserved -= 1
    }
  }

  /**
   * Runs `work` when it is its turn.
   *
   * @param isAgain whether it was asked before
   */
  enter(work: () => Promise<void>, isAgain: boolean): LanePlace {
    const waiting = isAgain ? this.#again : this.#first
    const turn = (): void => {
      waiting.delete(turn)
      this.#passed = isAgain || this.#again.size === 0 ? 0 : this.#passed + 1
      this.#running += 1
      this.#lastTurn = this.#countTurn()
      void work().finally(() => {
        this.#running -= 1
        this.#next()
      })
    }
    if (this.#running < this.#runningMax) {
      turn()
      return hadTurn
    }
    waiting.add(turn)
    return {
      get isWaiting() {
        return waiting.has(turn)
      },
      leave: () => void waiting.delete(turn),
    }
  }

  #placesOf(waiting: number): number {
    return this.#runningMax + this.#waitingMax - this.#running - waiting - this.#reserved
  }

  #next(): void {
    const [first] = this.#first
    const [again] = this.#again
    const turn = this.#passed >= PASSED_MAX ? (again ?? first) : (first ?? again)
    if (turn !== undefined && this.#running < this.#runningMax) turn()
  }
}
