import type { CallOptions, Operation } from './operation.js'

/**
 * What a pipeline is made of: any policy of this package, and anything of yours that calls an operation.
 *
 * `execute` may call the operation once, again or not at all, before or after whatever else it does. What the
 * operation runs is everything further in. Pass it the context that you want it to see; without one it sees the call's
 * own. `options.signal` is aborted when the caller gives up or a time limit further out passes: what `execute` answers
 * after that is not waited for.
 *
 * @example
 * const counted: Layer & { calls: number } = {
 *   name: 'counted',
 *   calls: 0,
 *   execute(operation) {
 *     counted.calls += 1
 *     return Promise.resolve(operation())
 *   },
 * }
 * const call = pipeline(counted, retry({ attempts: 2 }))
 * await call.execute(async () => 'done')
 * console.log(counted.calls) // 1
 */
export interface Layer<Extra = never> {
  /** What kind of policy this is, as events name it. */
  readonly name: string
  execute<T>(operation: LayerOperation<T>, options?: CallOptions): Promise<T | Extra>
}

/** What a layer calls: everything further in, with a context of its own if it has one to give. */
export type LayerOperation<T> = (context?: Parameters<Operation<T>>[0]) => T | PromiseLike<T>
