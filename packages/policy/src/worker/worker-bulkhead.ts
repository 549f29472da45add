import type { BulkheadOptions } from '../bulkhead/bulkhead.js'
import { bulkhead, type BulkheadPolicy } from '../bulkhead/bulkhead-policy.js'
import type { CallOptions, Operation } from '../promise/operation.js'
import { OptionError } from '../options/option-error.js'
import type { Outcome } from '../outcome/outcome.js'
import { OwnPool } from './own-pool.js'

/** What runs the tasks: a `Piscina`, or anything of its shape. */
export interface WorkerPool {
  run(task: unknown, options: { readonly signal: AbortSignal }): Promise<unknown>
}

export interface WorkerBulkheadOptions extends BulkheadOptions {
  /** The module whose default export gets each task, as a path or a `file:` URL. A pool is made for it. */
  readonly filename?: string
  /** A pool of your own, instead of `filename`. Closing it stays up to you. */
  readonly pool?: WorkerPool
  /** Hears why a thread of `filename` ended that had no task. Default: nobody; when none is left, the next task is told. */
  readonly onLostThread?: (error: Error) => void
}

/** A bulkhead whose calls run in worker threads. */
export interface WorkerBulkhead<Task, Result> {
  /** The bulkhead itself: its use, its events. */
  readonly bulkhead: BulkheadPolicy
  /** Runs a task in a worker; rejects as `Policy.execute` does. Its abort stops the worker that runs it. */
  execute(task: Task, options?: CallOptions): Promise<Result>
  /** The same, told as a value: it never rejects. */
  outcome(task: Task, options?: CallOptions): Promise<Outcome<Result>>
  /** The task as an operation for a pipeline that has `bulkhead` in it. */
  operation(task: Task): Operation<Result>
  /** Stops the workers of a pool that was made here, running tasks included. */
  close(): Promise<void>
}

/**
 * Limits CPU work in worker threads as `bulkhead` limits waiting: at most `concurrency` tasks run, `queue` more
 * wait for at most `maxWaitMs`, and the rest are refused. A caller's abort, or a timeout around it, ends the task
 * by stopping its thread; the slot is free when that has happened.
 *
 * Needs `piscina` 5, an optional peer dependency, and Node.
 *
 * @throws {OptionError} unless exactly one of `filename` and `pool` is given, or when an option is out of range
 * @example
 * ```ts no-run
 * const thumbnails = workerBulkhead<string, Uint8Array>({
 *   filename: new URL('./thumbnail.js', import.meta.url).href,
 *   concurrency: 2,
 *   queue: 10,
 * })
 * const image = await thumbnails.execute('cat.png')
 * await thumbnails.close()
 * ```
 */
export function workerBulkhead<Task, Result>(options: WorkerBulkheadOptions): WorkerBulkhead<Task, Result> {
  const { filename, pool, onLostThread = () => undefined, ...limits } = options
  if ((filename === undefined) === (pool === undefined)) {
    const given = filename === undefined ? 'neither' : 'both'
    throw new OptionError(
      `cannot create worker bulkhead: give either filename or pool, got ${given}`,
      'filename',
    )
  }
  const policy = bulkhead(limits)
  const own = filename === undefined ? undefined : new OwnPool(filename, limits.concurrency, onLostThread)
  const workers = pool ?? own!
  const operation =
    (task: Task): Operation<Result> =>
    ({ signal }) =>
      workers.run(task, { signal }) as Promise<Result>
  return {
    bulkhead: policy,
    execute: (task, call) => policy.execute(operation(task), call),
    outcome: (task, call) => policy.outcome(operation(task), call),
    operation,
    close: async () => {
      await own?.close()
    },
  }
}
