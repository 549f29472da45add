import type {
  CallOptions,
  EventType,
  Listener,
  Operation,
  Outcome,
  Policy,
  PolicyEvent,
  PolicyEvents,
  Snapshot,
} from '@watertight/policy'

/** One subscription, and how to end it at the policy that is in force. */
interface Subscription {
  readonly type: EventType
  readonly listener: Listener<EventType>
  stop: () => void
}

/**
 * The policies of a destination as one that outlives them: when its options change, another pipeline takes the place
 * of the former, and whoever listens goes on listening.
 */
export class EventRelay implements Policy {
  readonly name = 'pipeline'
  readonly #subscriptions: Set<Subscription> = new Set()
  #policy: Policy

  constructor(policy: Policy) {
    this.#policy = policy
  }

  replace(policy: Policy): void {
    this.#policy = policy
    for (const subscription of this.#subscriptions) {
      subscription.stop()
      subscription.stop = policy.on(subscription.type, subscription.listener)
    }
  }

  execute<T>(operation: Operation<T>, options?: CallOptions): Promise<T> {
    return this.#policy.execute(operation, options)
  }

  outcome<T>(operation: Operation<T>, options?: CallOptions): Promise<Outcome<T>> {
    return this.#policy.outcome(operation, options)
  }

  on<T extends EventType>(type: T, listener: Listener<T>): () => void {
    const untyped = listener as unknown as Listener<EventType>
    const subscription: Subscription = { type, listener: untyped, stop: this.#policy.on(type, listener) }
    this.#subscriptions.add(subscription)
    return () => {
      this.#subscriptions.delete(subscription)
      subscription.stop()
    }
  }

  /** Reports what happens outside of the policies, such as a fallback. Who throws changes nothing. */
  emit<T extends EventType>(type: T, policy: string, detail: PolicyEvents[T]): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.type !== type) continue
      const event = { type, policy, ...detail } as unknown as PolicyEvent
      try {
        subscription.listener(event)
      } catch {
        // As with the events of policies: a listener can never change an outcome.
      }
    }
  }

  snapshot(): Snapshot {
    return this.#policy.snapshot()
  }

  restore(snapshot: Snapshot): void {
    this.#policy.restore(snapshot)
  }
}
