import type { SystemEvent } from '../model/system-event.js'

const KEPT = 200

/** What happened, newest last; only so much is kept. */
export class EventLog {
  #events: readonly SystemEvent[] = []
  #last = 0

  get events(): readonly SystemEvent[] {
    return this.#events
  }

  add(event: Omit<SystemEvent, 'id' | 'at'> & { readonly at?: number }): void {
    this.#last += 1
    const added = { ...event, id: this.#last, at: event.at ?? Date.now() }
    // What comes late was told late: the axis of time is in order.
    const before = this.#events.findLastIndex(({ at }) => at <= added.at)
    this.#events = this.#events.toSpliced(before + 1, 0, added).slice(-KEPT)
  }
}
