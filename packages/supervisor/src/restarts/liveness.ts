/** So many probes in a row must fail: one alone may only have met a busy moment. */
const FAILURES = 3

/** Decides from its probes whether a process that has been ready does nothing any more: stopped, or stuck in a loop. */
export class Liveness {
  #failures = 0

  /** Takes the result of a probe; answers whether to kill the process. */
  probed(answers: boolean): boolean {
    this.#failures = answers ? 0 : this.#failures + 1
    return this.#failures === FAILURES
  }
}
