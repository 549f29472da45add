import type { EventType, Listener } from '../events/events.js'
import type { Layer } from './layer.js'
import type { CallOptions, Operation } from './operation.js'
import type { Outcome } from '../outcome/outcome.js'
import type { Snapshot } from '../engine/snapshot.js'

declare const extra: unique symbol

/**
 * Anything that a call can go through: one policy, or a pipeline of them.
 *
 * `Extra` is the type of what may come back besides the operation's own result, such as a fallback's value.
 */
export interface Policy<Extra = never> extends Layer<Extra> {
  /**
   * Never there: from it the compiler tells `Extra`, which it cannot tell from the generic methods. A function, for
   * an optional value would be `Extra | undefined` to a project without `exactOptionalPropertyTypes`.
   */
  readonly [extra]?: () => Extra

  /**
   * Calls the operation under this policy.
   *
   * Rejects with what the operation threw, with a `RefusalError` when a policy refused the call, with a `TimeoutError`
   * when a time limit passed, or with the reason of the caller's signal.
   */
  execute<T>(operation: Operation<T>, options?: CallOptions): Promise<T | Extra>

  /** The same, told as a value: it never rejects. */
  outcome<T>(operation: Operation<T>, options?: CallOptions): Promise<Outcome<T | Extra>>

  /**
   * Listens to events of this policy, and for a pipeline to those of every policy in it. A policy that several
   * pipelines share reports to all of them. Returns the function that stops listening.
   */
  on<T extends EventType>(type: T, listener: Listener<T>): () => void

  /** The state worth keeping across a restart, as plain JSON. */
  snapshot(): Snapshot

  /**
   * Puts a snapshot's state back, with the time that has passed since taken into account.
   *
   * @throws {OptionError} when the snapshot is not one of this policy's
   */
  restore(snapshot: Snapshot): void
}
