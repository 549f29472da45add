import type { CallOptions, Operation, Outcome, Policy, Snapshot } from '@watertight/policy'
import { EventRelay } from '@watertight/traffic'

/** The policies of a destination as one that outlives them: its options may change, and it stays. */
export class RelayedPolicy extends EventRelay implements Policy {
  readonly name = 'pipeline'
  #policy: Policy

  constructor(policy: Policy) {
    super(policy)
    this.#policy = policy
  }

  replace(policy: Policy): void {
    this.#policy = policy
    this.relay(policy)
  }

  execute<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
    return this.#policy.execute(operation, options)
  }

  outcome<T>(operation: Operation<T>, options?: CallOptions): Promise<Outcome<T>> {
    return this.#policy.outcome(operation, options)
  }

  snapshot(): Snapshot {
    return this.#policy.snapshot()
  }

  restore(snapshot: Snapshot): void {
    this.#policy.restore(snapshot)
  }
}
