/** How many things took how long in all: enough for a mean over any stretch of time, by subtraction. */
export interface Durations {
  readonly count: number
  readonly ms: number
}

/** Adds durations up. */
export class DurationSum implements Durations {
  count = 0
  ms = 0

  add(ms: number): void {
    this.count += 1
    this.ms += ms
  }

  /** Times what runs, however it ends. */
  async time<T>(run: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await run()
    } finally {
      this.add(performance.now() - startedAt)
    }
  }
}
