import type { EventType, Listener, PolicyEvent, PolicyEvents } from './events.js'

/** More than this many listeners of one type on one policy is a leak, and is refused. */
const LISTENERS_MAX = 256

/**
 * Delivers events in the order of subscription. A listener that throws changes nothing: the others are still
 * called, and its error is reported once.
 */
export class Emitter {
  readonly #subscriptions: Map<EventType, readonly Subscription[]> = new Map()

  /** Returns the function that ends this subscription, and does nothing from the second time on. */
  on(type: EventType, listener: Listener<never>): () => void {
    const others = this.#subscriptions.get(type) ?? []
    if (others.length >= LISTENERS_MAX) {
      throw new RangeError(`cannot listen to '${type}': at most ${LISTENERS_MAX} listeners are allowed`)
    }
    const subscription = { listener, reported: false }
    // A new array, so that an emission under way keeps the listeners that it started with.
    this.#subscriptions.set(type, [...others, subscription])
    return () => {
      const left = this.#subscriptions.get(type)?.filter((one) => one !== subscription)
      if (left?.length) this.#subscriptions.set(type, left)
      else this.#subscriptions.delete(type)
    }
  }

  get idle(): boolean {
    return this.#subscriptions.size === 0
  }

  has(type: EventType): boolean {
    return this.#subscriptions.has(type)
  }

  emit<T extends EventType>(type: T, policy: string, detail: PolicyEvents[T]): void {
    const subscriptions = this.#subscriptions.get(type)
    if (subscriptions === undefined) return
    const event = Object.freeze({ type, policy, ...detail }) as unknown as PolicyEvent<T>
    for (const subscription of subscriptions) {
      try {
        ;(subscription.listener as unknown as Listener<T>)(event)
      } catch (error) {
        if (subscription.reported) continue
        subscription.reported = true
        console.error(
          `watertight: a listener of '${type}' threw and is ignored from now on when it throws:`,
          error,
        )
      }
    }
  }
}

interface Subscription {
  readonly listener: Listener<never>
  /** It has thrown, and that was told. */
  reported: boolean
}
