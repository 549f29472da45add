import type { CallOptions, Operation, Outcome, Policy, Snapshot } from '@watertight/policy'
import { EventRelay } from '@watertight/traffic'

/** The policies of a destination as one that outlives them: its options may change, and it stays. */
export class RelayedPolicy extends EventRelay implements Policy {
  readonly name = 'pipeline'
  /** The one that decides now. Calls go there straight, without this one between. */
  inForce: Policy

  constructor(policy: Policy) {
    super(policy)
    this.inForce = policy
  }

  replace(policy: Policy): void {
    this.inForce = policy
    this.relay(policy)
  }

  execute<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
    return this.inForce.execute(operation, options)
  }

  outcome<T>(operation: Operation<T>, options?: CallOptions): Promise<Outcome<T>> {
    return this.inForce.outcome(operation, options)
  }

  snapshot(): Snapshot {
    return this.inForce.snapshot()
  }

  restore(snapshot: Snapshot): void {
    this.inForce.restore(snapshot)
  }
}
