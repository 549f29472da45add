/** So many probes in a row must fail: one alone may only have met a busy moment. */
const FAILURES = 3
/** A process that has not answered yet is still starting, up to here: a database takes its time to recover. */
const START_MS = 60_000

/** Decides from its probes whether a process that runs does nothing any more: stopped, or stuck in a loop. */
export class Liveness {
  #answered = false
  #failures = 0

  /** Takes the result of a probe of a process that has been up for `upForMs`; answers whether to kill it. */
  probed(answers: boolean, upForMs: number): boolean {
    if (answers) this.#answered = true
    const counts = !answers && (this.#answered || upForMs >= START_MS)
    this.#failures = counts ? this.#failures + 1 : 0
    return this.#failures === FAILURES
  }
}
