/**
 * When the requests of an open loop are due: at a steady rate, whether or not those before are answered, as real callers come.
 * At first the rate rises evenly, for code that has just been loaded is slow, and a system that is hit at full rate while it is
 * cold shows only that.
 *
 * While the rate rises to `r` within `T`, `r t² / 2T` requests have been due by the time `t`; that equation is solved for `t`.
 */
export class Arrivals {
  readonly #perMs: number
  readonly #risesForMs: number
  #number = 0

  constructor({
    ratePerSecond,
    risesForMs,
  }: {
    readonly ratePerSecond: number
    readonly risesForMs: number
  }) {
    this.#perMs = ratePerSecond / 1_000
    this.#risesForMs = risesForMs
  }

  /** When, in milliseconds from the start, the next one is due that is not taken yet. */
  get nextMs(): number {
    const rising = (this.#perMs * this.#risesForMs) / 2
    const number = this.#number
    if (number < rising) return Math.sqrt((2 * this.#risesForMs * number) / this.#perMs)
    return this.#risesForMs + (number - rising) / this.#perMs
  }

  /** Takes those that are due by then, each with the time at which it was. */
  *due(elapsedMs: number): Generator<number> {
    for (let next = this.nextMs; next <= elapsedMs; next = this.nextMs) {
      this.#number += 1
      yield next
    }
  }
}
