/** The last lines of a program, for whoever has to explain its end or asks later. */
export class RecentLines {
  readonly #kept: number
  #lines: string[] = []

  constructor(kept: number) {
    this.#kept = kept
  }

  add(line: string): void {
    this.#lines.push(line)
    // Not one at a time, which moves all of them.
    if (this.#lines.length >= this.#kept * 2) this.#lines = this.last(this.#kept)
  }

  last(count: number): string[] {
    return this.#lines.slice(-Math.min(count, this.#kept))
  }
}
