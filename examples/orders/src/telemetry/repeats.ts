/** More different lines than this are not kept apart any more. */
const LINES_MAX = 100

/** Says each line once in a while: what goes on going wrong is told with how often it did, not each time that it does. */
export class Repeats {
  readonly #say: (line: string) => void
  readonly #everyMs: number
  readonly #now: () => number
  readonly #lines = new Map<string, { saidAtMs: number; since: number }>()

  constructor(say: (line: string) => void, everyMs: number, now: () => number) {
    this.#say = say
    this.#everyMs = everyMs
    this.#now = now
  }

  say(line: string): void {
    const known = this.#lines.get(line)
    const now = this.#now()
    if (known !== undefined && now - known.saidAtMs < this.#everyMs) {
      known.since += 1
      return
    }
    if (known === undefined && this.#lines.size >= LINES_MAX) this.#lines.clear()
    this.#lines.set(line, { saidAtMs: now, since: 0 })
    const more = known === undefined || known.since === 0 ? '' : ` (and ${known.since} times more before)`
    this.#say(`${line}${more}\n`)
  }
}
