import { type Clock, type ExpiryEntry, ExpiryQueue, runtime, systemClock } from '@watertight/policy/decisions'

/** Whose time is up may have been answered meanwhile: what has come in is read before anybody expires. */
class InputFirstQueue extends ExpiryQueue {
  protected override expire(now: number): void {
    afterInput(() => super.expire(now))
  }
}

/**
 * Those whom a time limit watches over, on one timer. Each clock has a queue of its own: a client may be older than the
 * virtual clock that a test puts in place, and the timer of the former one would never fire in the time of the new one.
 */
export class LimitQueue {
  readonly durationMs: number
  #clock: Clock
  #queue: ExpiryQueue

  constructor(durationMs: number) {
    this.durationMs = durationMs
    this.#clock = runtime.clock
    this.#queue = new InputFirstQueue(this.#clock, durationMs)
  }

  /** Watches over an entry that is in no queue, from now on. */
  add(entry: ExpiryEntry, now: number): void {
    if (runtime.clock !== this.#clock) {
      this.#clock = runtime.clock
      this.#queue = new InputFirstQueue(this.#clock, this.durationMs)
    }
    this.#queue.add(entry, now)
  }
}

/** The queue of a time limit, or none for a limit that does not exist. */
export function limitQueue(limitMs: number | undefined): LimitQueue | undefined {
  return limitMs === undefined || limitMs === Infinity ? undefined : new LimitQueue(limitMs)
}

/**
 * Calls back once what has come in by now is read: after a stall of this process, timers run first, and would otherwise
 * blame a callee whose answer lies in the socket. In virtual time nothing stalls, and it is called back at once.
 */
export function afterInput(callback: () => void): void {
  if (runtime.clock === systemClock) setImmediate(callback)
  else callback()
}
