import { Piscina } from 'piscina'
import type { WorkerPool } from './worker-bulkhead.js'

type Fail = (error: Error) => void

/**
 * A pool that outlives its threads. A thread that ends without a task, for its module does not load, has nobody to tell: its
 * error would end the process, and `Piscina` starts none in its place, so that what is queued waits for ever. Here it is told
 * as a warning, what is queued fails by it when no thread is left, and the next task has a new pool.
 */
export class OwnPool implements WorkerPool {
  readonly #filename: string
  readonly #threadsMax: number
  readonly #tasks = new Set<Fail>()
  #pool: Piscina | undefined
  #lastError: Error | undefined

  constructor(filename: string, threadsMax: number) {
    this.#filename = filename
    this.#threadsMax = threadsMax
    this.#pool = this.#open()
  }

  async run(task: unknown, options: { readonly signal: AbortSignal }): Promise<unknown> {
    const pool = (this.#pool ??= this.#open())
    let fail: Fail = () => undefined
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#tasks.add((fail = reject))
        pool.run(task, options).then(resolve, reject)
      })
    } finally {
      this.#tasks.delete(fail)
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
      process.emitWarning(`a thread of ${this.#filename} ended while it had no task: ${error.message}`, {
        code: 'WT_WORKER_LOST',
        detail: error.stack ?? '',
      })
    })
    // When one that was sound ends, another has been started by then.
    pool.on('workerDestroy', () => queueMicrotask(() => this.#giveUpIfEmpty(pool)))
    return pool
  }

  #giveUpIfEmpty(pool: Piscina): void {
    if (pool !== this.#pool || pool.threads.length > 0) return
    this.#pool = undefined
    const error = this.#lastError ?? new Error(`a thread of ${this.#filename} ended before it took a task`)
    for (const fail of this.#tasks) fail(error)
    void pool.destroy()
  }
}
