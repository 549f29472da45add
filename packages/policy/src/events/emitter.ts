import type { EventType, Listener, PolicyEvent, PolicyEvents } from './events.js'

/** More than this many listeners of one type on one policy is a leak, and is refused. */
const LISTENERS_MAX = 256

/**
 * Delivers events in the order of subscription. A listener that throws changes nothing: the others are still
 * called, and its error is reported once.
 */
export class Emitter {
  readonly #listeners: Map<EventType, readonly Listener<never>[]> = new Map()
  readonly #reported: WeakSet<Listener<never>> = new WeakSet()

  on(type: EventType, listener: Listener<never>): void {
    const listeners = this.#listeners.get(type) ?? []
    if (listeners.length >= LISTENERS_MAX) {
      throw new RangeError(`cannot listen to '${type}': at most ${LISTENERS_MAX} listeners are allowed`)
    }
    // A new array, so that an emission under way keeps the listeners that it started with.
    this.#listeners.set(type, [...listeners, listener])
  }

  /** Removes one subscription of the listener. */
  off(type: EventType, listener: Listener<never>): void {
    const listeners = this.#listeners.get(type) ?? []
    const index = listeners.indexOf(listener)
    if (index < 0) return
    if (listeners.length === 1) this.#listeners.delete(type)
    else this.#listeners.set(type, listeners.toSpliced(index, 1))
  }

  get idle(): boolean {
    return this.#listeners.size === 0
  }

  has(type: EventType): boolean {
    return this.#listeners.has(type)
  }

  emit<T extends EventType>(type: T, policy: string, detail: PolicyEvents[T]): void {
    const listeners = this.#listeners.get(type)
    if (listeners === undefined) return
    const event = Object.freeze({ type, policy, ...detail }) as unknown as PolicyEvent<T>
    for (const listener of listeners) {
      try {
        ;(listener as unknown as Listener<T>)(event)
      } catch (error) {
        if (this.#reported.has(listener)) continue
        this.#reported.add(listener)
        console.error(
          `watertight: a listener of '${type}' threw and is ignored from now on when it throws:`,
          error,
        )
      }
    }
  }
}
