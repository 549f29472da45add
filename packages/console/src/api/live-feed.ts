import { type Change, changeBetween } from '../model/change.js'
import type { Snapshot } from '../model/snapshot.js'

/** Whoever comes back within so many snapshots gets what changed meanwhile, and not everything again. */
const KEPT = 30

/** The newest snapshot, and who waits for the next. */
export class LiveFeed {
  readonly #recent: Snapshot[] = []
  readonly #waiting = new Set<() => void>()

  get latest(): Snapshot | undefined {
    return this.#recent.at(-1)
  }

  publish(snapshot: Snapshot): void {
    this.#recent.push(snapshot)
    if (this.#recent.length > KEPT) this.#recent.shift()
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /**
   * What a reader is to be told, one thing after the other: the snapshot, or what has changed since the one that it has; then changes
   * as they come. A reader who is slow is told less often, and never waits in a line of old ones. Undefined when nothing has come
   * for `quietMs`.
   */
  async *follow(
    lastSequence: number | undefined,
    quietMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly snapshot: Snapshot } | { readonly change: Change } | undefined> {
    let has = this.#recent.find(({ sequence }) => sequence === lastSequence)
    while (!signal.aborted) {
      const { latest } = this
      if (latest === undefined || latest === has) {
        if (!(await this.#next(quietMs, signal)) && !signal.aborted) yield undefined
        continue
      }
      yield has === undefined ? { snapshot: latest } : { change: changeBetween(has, latest) }
      has = latest
    }
  }

  /** Whether something came. */
  async #next(quietMs: number, signal: AbortSignal): Promise<boolean> {
    return await new Promise((resolve) => {
      const settle = (came: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', leave)
        resolve(came)
      }
      const wake = (): void => settle(true)
      const leave = (): void => settle(false)
      const timer = setTimeout(leave, quietMs)
      this.#waiting.add(wake)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}
