import { Piscina } from 'piscina'

type GiveUp = (error: Error) => void

/**
 * A pool that outlives its threads. A thread that ends without a task, for its module does not load, has nobody to tell: its
 * error would end the process, and `Piscina` starts none in its place, so that what is queued waits for ever. Here what is queued
 * fails by it when no thread is left, and the next task has a new pool.
 */
export class OwnPool {
  readonly #filename: string
  readonly #threadsMax: number
  readonly #onLostThread: (error: Error) => void
  readonly #waiting = new Set<GiveUp>()
  #pool: Piscina | undefined
  #lastError: Error | undefined

  constructor(filename: string, threadsMax: number, onLostThread: (error: Error) => void) {
    this.#filename = filename
    this.#threadsMax = threadsMax
    this.#onLostThread = onLostThread
    this.#pool = this.#open()
  }

  async run(task: unknown, options: { readonly signal: AbortSignal }): Promise<unknown> {
    const pool = (this.#pool ??= this.#open())
    let giveUp: GiveUp = () => undefined
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#waiting.add((giveUp = reject))
        pool.run(task, options).then(resolve, reject)
      })
    } finally {
      this.#waiting.delete(giveUp)
    }
  }

  /** Ends what runs, too. */
  async close(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.destroy()
  }

  #open(): Piscina {
    this.#lastError = undefined
    const threads = Number.isFinite(this.#threadsMax) ? { maxThreads: this.#threadsMax, minThreads: 1 } : {}
    const pool = new Piscina({ filename: this.#filename, ...threads })
    pool.on('error', (error: Error) => {
      this.#lastError = error
      this.#onLostThread(error)
    })
    // When one that was sound ends, another has been started by then.
    pool.on('workerDestroy', () => queueMicrotask(() => this.#giveUpIfEmpty(pool)))
    return pool
  }

  #giveUpIfEmpty(pool: Piscina): void {
    if (pool !== this.#pool || pool.threads.length > 0) return
    this.#pool = undefined
    const error = this.#lastError ?? new Error(`a thread of ${this.#filename} ended before it took a task`)
    for (const giveUp of this.#waiting) giveUp(error)
    void pool.destroy()
  }
}
