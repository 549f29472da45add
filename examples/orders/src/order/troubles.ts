/** More different troubles than this are not told apart any more. */
const KEPT_MAX = 1_000

/** Tells of each trouble once: what is tried twice a second must not fill the log with one sentence. */
export class Troubles {
  readonly #tell: (error: unknown, trouble: string) => void
  readonly #told = new Set<string>()

  constructor(tell: (error: unknown, trouble: string) => void) {
    this.#tell = tell
  }

  tell(error: unknown, trouble: string): void {
    if (this.#told.has(trouble) || this.#told.size >= KEPT_MAX) return
    this.#told.add(trouble)
    this.#tell(error, trouble)
  }
}
