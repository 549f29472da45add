import type { EventType, Listener, PolicyEvent, PolicyEvents } from './events.js'

/** More than this many listeners of one type on one policy is a leak, and is refused. */
export const LISTENERS_MAX = 256

/** A listener, and what it listens to. */
export interface Subscription {
  readonly type: EventType
  readonly listener: Listener<never>
  /** It has thrown, and that was told. */
  reported: boolean
}

/** In the order in which they were made. Replaced and never changed: an emission under way keeps those that it began with. */
export type Subscriptions = readonly Subscription[]

export const NO_SUBSCRIPTIONS: Subscriptions = []

/**
 * Delivers an event in the order of subscription. A listener that throws changes nothing: the others are still
 * called, and its error is reported once.
 */
export function deliver<T extends EventType>(
  subscriptions: Subscriptions,
  type: T,
  policy: string,
  detail: PolicyEvents[T],
): void {
  let event: PolicyEvent<T> | undefined
  for (const subscription of subscriptions) {
    if (subscription.type !== type) continue
    event ??= Object.freeze({ type, policy, ...detail }) as unknown as PolicyEvent<T>
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
