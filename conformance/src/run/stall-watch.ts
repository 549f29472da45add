/** How often this process looks whether it is kept waiting, in milliseconds. */
const BEAT_MS = 10

/**
 * Notices when this process stands still, since its machine has other things to do: times that were measured meanwhile
 * are those of the machine. Keeps the process alive until it is stopped.
 */
export class StallWatch implements Disposable {
  readonly #timer: NodeJS.Timeout
  #beatAt: number = performance.now()
  readonly #stalls: { readonly at: number; readonly ms: number }[] = []

  constructor(thresholdMs: number) {
    this.#timer = setInterval(() => {
      const now = performance.now()
      const late = now - this.#beatAt - BEAT_MS
      if (late > thresholdMs) this.#stalls.push({ at: now, ms: late })
      this.#beatAt = now
    }, BEAT_MS)
  }

  /** Whether it stood still at some time since then. */
  stalledSince(at: number): boolean {
    return this.#stalls.some((stall) => stall.at >= at)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
