import type { RunEvent } from '../system/run-event.js'

const KEPT = 200

/** Something that happened in a run, and when. */
export interface RecordedEvent {
  /** Grows by one with each. */
  readonly id: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly event: RunEvent
}

/** What happened last in a run. Lines of logs are kept elsewhere. */
export class RecentEvents {
  readonly #events: RecordedEvent[] = []
  #last = 0

  add(event: RunEvent): void {
    if (event.kind === 'log') return
    this.#last += 1
    this.#events.push({ id: this.#last, at: Date.now(), event })
    if (this.#events.length > KEPT) this.#events.shift()
  }

  /** Those that came after the one with this id; 0 for all that are kept. */
  after(id: number): readonly RecordedEvent[] {
    return this.#events.filter((recorded) => recorded.id > id)
  }
}
