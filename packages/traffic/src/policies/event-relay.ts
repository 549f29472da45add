import type { EventType, Listener, Policy, PolicyEvent, PolicyEvents } from '@watertight/policy'

/** One subscription, and how to end it at the policy that is in force. */
interface Subscription {
  readonly type: EventType
  readonly listener: Listener<EventType>
  stop: () => void
}

/**
 * The events of a destination's policies, which come and go: when its options change, another pipeline takes the place of
 * the former, and whoever listens goes on listening.
 */
export class EventRelay {
  readonly #subscriptions: Set<Subscription> = new Set()
  #policy: Pick<Policy, 'on'>

  constructor(policy: Pick<Policy, 'on'>) {
    this.#policy = policy
  }

  /** Listens to this one from now on. */
  relay(policy: Pick<Policy, 'on'>): void {
    this.#policy = policy
    for (const subscription of this.#subscriptions) {
      subscription.stop()
      subscription.stop = policy.on(subscription.type, subscription.listener)
    }
  }

  /** Those who listen by now hear of this one, too, for as long as it is in force beside the other. */
  also(policy: Pick<Policy, 'on'>): void {
    for (const subscription of this.#subscriptions) {
      policy.on(subscription.type, (event) => {
        if (this.#subscriptions.has(subscription)) subscription.listener(event)
      })
    }
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
}
